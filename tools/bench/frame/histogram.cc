// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/frame/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace eid::bench {
namespace {

// Each power of two has this many buckets; below, each nanosecond has its own.
constexpr int kBits = 6;
constexpr uint64_t kSteps = uint64_t{1} << kBits;
// 18 minutes: no call takes longer.
constexpr uint64_t kMost = (uint64_t{1} << 40) - 1;

size_t BucketOf(uint64_t value) {
  if (value < kSteps) return value;
  const int shift = std::bit_width(value) - 1 - kBits;
  return static_cast<size_t>(shift) * kSteps + (value >> shift);
}

double MiddleOf(size_t bucket) {
  if (bucket < kSteps) return static_cast<double>(bucket);
  const size_t shift = bucket / kSteps - 1;
  const double begin = std::ldexp(static_cast<double>(bucket % kSteps + kSteps), shift);
  return begin + std::ldexp(1.0, shift) / 2 - 0.5;
}

}  // namespace

Histogram::Histogram() : buckets_(BucketOf(kMost) + 1) {}

void Histogram::Add(uint64_t nanoseconds) {
  ++buckets_[BucketOf(std::min(nanoseconds, kMost))];
  ++count_;
}

void Histogram::Merge(const Histogram& other) {
  for (size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
}

double Histogram::Percentile(double share) const {
  if (count_ == 0) return 0;
  const auto wanted = static_cast<uint64_t>(std::ceil(share * static_cast<double>(count_)));
  const uint64_t rank = std::clamp<uint64_t>(wanted, 1, count_);
  uint64_t passed = 0;
  size_t bucket = 0;
  while (passed + buckets_[bucket] < rank) passed += buckets_[bucket++];
  return MiddleOf(bucket);
}

}  // namespace eid::bench
