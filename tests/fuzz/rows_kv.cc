// SPDX-License-Identifier: Apache-2.0
// The rows that the store itself keeps, through what reads them: at the opening, by the feed, before a
// mutation. They lie behind the engine's checksums; whatever they say is refused as damage, or borne.
#include <limits>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/strings/str_cat.h"
#include "common/kv/batch_trace.h"
#include "common/kv/feed_store.h"
#include "common/kv/key.h"
#include "common/kv/mutation.h"
#include "common/kv/page.h"
#include "common/kv/storage.pb.h"
#include "common/kv/store_head.h"
#include "common/kv/upkeep.h"
#include "tests/fuzz/rows.h"

namespace eid::fuzz {
namespace {

using kv::Space;

constexpr uint64_t kRevision = 6;
constexpr uint32_t kSchema = 3;
constexpr absl::Duration kTtl = absl::Hours(24 * 7);

const kv::RequestKey& TheRequest() {
  static const auto* const key =
      new kv::RequestKey{.scope = "scope", .request_id = "id", .digest = "digest"};
  return *key;
}

void Put(MemoryTxn& txn, const char* key, const google::protobuf::Message& row) {
  txn.Put(Space::kMeta, key, row.SerializeAsString());
}

// A store after some batches, with a feed of two entries for each revision.
MemoryTxn MakeSmallStore() {
  MemoryTxn txn;
  // The same in every run.
  kv::StoreHead head = kv::NewHead(kSchema);
  head.identity.set_store_id(std::string(32, 'a'));
  head.identity.set_page_key(std::string(32, 'k'));
  Put(txn, kv::kIdentityKey, head.identity);
  Put(txn, kv::kSchemaKey, head.schema);
  for (uint64_t revision = 1; revision <= kRevision; ++revision) {
    LeaveTrace(txn, head.state);
    for (const uint32_t place : {0u, 1u}) {
      kv::FeedRow row;
      row.set_topic(place);
      row.set_subject_id("subject");
      txn.Put(Space::kFeed, kv::KeyOf(revision, place), row.SerializeAsString());
    }
  }
  head.state.set_revision(kRevision);
  head.state.set_feed_entries(2 * kRevision);
  Put(txn, kv::kStateKey, head.state);
  return txn;
}

MemoryTxn SmallStore() {
  static const auto* const store = new MemoryTxn(MakeSmallStore());
  return *store;
}

size_t FeedEntries(const MemoryTxn& txn) {
  size_t entries = 0;
  const absl::Status walked = txn.Scan(
      Space::kFeed, {}, [&](absl::string_view, absl::string_view) { return ++entries > 0; });
  Require(walked.ok(), "a feed is walked over");
  return entries;
}

void CheckFeed(const kv::Reader& reader, uint64_t after) {
  const auto entries = kv::ReadFeed(reader, after, 3);
  if (!entries.ok()) {
    return Require(absl::IsDataLoss(entries.status()) || absl::IsOutOfRange(entries.status()),
                   "a feed is damaged, or does not reach so far");
  }
  Require(entries->size() <= 4, "a transaction's entries are given whole, and no more");
  for (const kv::FeedEntry& entry : *entries)
    Require(entry.revision > after, "a feed goes on behind what was read");
}

// What a batch does with the state that it found.
void GoOnFrom(MemoryTxn txn, kv::StateRow state) {
  for (const uint64_t number : {state.revision(), state.batch(), state.feed_entries()}) {
    Require(number + (uint64_t{1} << 62) > number, "what is counted goes on");
  }
  for (const uint64_t keep : {4, 1, 0}) {
    const kv::StateRow before = state;
    const size_t there = FeedEntries(txn);
    Require(kv::TrimFeed(txn, keep, 0, state).ok(), "a feed is trimmed");
    Require(state.feed_entries() <= before.feed_entries(), "trimming adds nothing");
    Require(FeedEntries(txn) <= there, "trimming leaves less");
    LeaveTrace(txn, state);
    Require(kv::CheckTraces(txn, state).ok() || before.batch() != kRevision,
            "a trace follows on the ones before");
  }
}

// Opens what is there as Database::Open does.
void CheckOpening(const MemoryTxn& txn) {
  for (const uint64_t after : {uint64_t{0}, uint64_t{4}, std::numeric_limits<uint64_t>::max()})
    CheckFeed(txn, after);
  const auto head = kv::ReadHead(txn);
  if (!head.ok()) return Require(absl::IsDataLoss(head.status()), "damage is called so");
  const std::string& page_key = head->identity.page_key();
  Require(kv::ParsePageToken(page_key, "query", kv::MakePageToken(page_key, "query", "here")).ok(),
          "tokens can be made with the key");
  const absl::Status versions = kv::CheckVersions(
      *head, {.path = "store", .schema_version = kSchema, .migrations = {{}, {}}});
  if (!versions.ok()) return Require(absl::IsFailedPrecondition(versions), "it is newer");
  Require(head->schema.version() >= 1 && head->schema.version() <= kSchema,
          "there is a migration from each version");
  GoOnFrom(txn, head->state);
}

void OpenWith(const char* key, absl::string_view bytes) {
  MemoryTxn txn = SmallStore();
  txn.Put(Space::kMeta, key, bytes);
  CheckOpening(txn);
}

void ReadFeedWith(absl::string_view bytes) {
  MemoryTxn txn = SmallStore();
  txn.Put(Space::kFeed, kv::KeyOf(uint64_t{5}, uint32_t{1}), bytes);
  CheckOpening(txn);
}

// The request comes again, then is swept away.
void MutateWith(absl::string_view bytes) {
  MemoryTxn txn;
  const std::string place = kv::AnswerKey(TheRequest().scope, TheRequest().request_id);
  txn.Put(Space::kRequests, place, bytes);
  kv::RequestRow row;
  const bool readable = row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (readable) txn.Put(Space::kRequests, kv::AgeKey(row.unix_nanos(), place), "");
  int ran = 0;
  absl::AnyInvocable<absl::StatusOr<std::string>(kv::Txn&)> body =
      [&](kv::Txn&) -> absl::StatusOr<std::string> { return absl::StrCat("answer ", ++ran); };
  const auto outcome = kv::internal::RunOnce(txn, TheRequest(), kTtl, body);
  if (!readable) return Require(absl::IsDataLoss(outcome.status()) && ran == 0, "damage");
  if (outcome.ok() && outcome->replayed) {
    return Require(
        ran == 0 && row.digest() == TheRequest().digest && outcome->response == row.response(),
        "the answer that was kept is given");
  }
  if (!outcome.ok()) {
    return Require(absl::IsInvalidArgument(outcome.status()) && ran == 0, "another request's");
  }
  const auto again = kv::internal::RunOnce(txn, TheRequest(), kTtl, body);
  Require(again.ok() && again->replayed && again->response == "answer 1" && ran == 1,
          "a request has its effect once");
  Require(txn.size() == 2, "an answer that was over leaves nothing");
  kv::RequestSweeper sweeper(-absl::Seconds(1));
  Require(sweeper.Sweep(txn, 1).ok() && txn.empty(), "answers are swept away");
}

template <class Row, class Read>
MessageEntry KvEntry(Read read) {
  return EntryOf<Row>([read](const Row& row) { InTime([&] { read(row.SerializeAsString()); }); });
}

}  // namespace

std::vector<MessageEntry> KvRows() {
  const auto open = [](const char* key) {
    return [key](absl::string_view bytes) { OpenWith(key, bytes); };
  };
  return {KvEntry<kv::IdentityRow>(open(kv::kIdentityKey)),
          KvEntry<kv::SchemaRow>(open(kv::kSchemaKey)), KvEntry<kv::StateRow>(open(kv::kStateKey)),
          KvEntry<kv::FeedRow>(ReadFeedWith), KvEntry<kv::RequestRow>(MutateWith)};
}

void ReadAsKvRows(absl::string_view bytes) {
  for (const char* key : {kv::kIdentityKey, kv::kSchemaKey, kv::kStateKey}) OpenWith(key, bytes);
  ReadFeedWith(bytes);
  MutateWith(bytes);
}

}  // namespace eid::fuzz
