// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace eid::rpc {

// Largest message that a server takes; longer documents come in pieces.
inline constexpr int kMaxMessageBytes = 256 * 1024;
// What a server must take at least that has a trunk: calls that come together, and the largest that is
// carried.
inline constexpr int kLeastMessageBytesWithTrunk = 160 * 1024;
// Largest answer that a client takes.
inline constexpr int kMaxAnswerBytes = 4 * 1024 * 1024;
// Largest metadata of a call, tokens and error details included.
inline constexpr int kMaxMetadataBytes = 16 * 1024;
// Streams that a peer may open on one of its few connections.
inline constexpr int kMaxConcurrentStreams = 1024;
// What the other end may send on a stream before it is read: one of the largest messages.
inline constexpr int kWindowBytes = kMaxMessageBytes;
// How often an idle connection is asked whether it lives, and how long it may take to say so.
inline constexpr int kKeepaliveMs = 10'000;
inline constexpr int kKeepaliveTimeoutMs = 5'000;
// How long calls under way may take after the signal to stop.
inline constexpr int kGraceSeconds = 10;
// Memory for gRPC's buffers.
inline constexpr int kMaxBufferMib = 256;
// Watch streams of persons at once.
inline constexpr int kMaxWatchers = 256;
// Between two looks at the keys of tokens; also how long an ended session's tokens may still work.
inline constexpr int kKeysRefreshSeconds = 2;

}  // namespace eid::rpc
