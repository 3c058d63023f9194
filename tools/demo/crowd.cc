// SPDX-License-Identifier: Apache-2.0
#include "tools/demo/crowd.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tools/demo/story.h"
#include "tools/suite/requests.h"

namespace eid::demo {
namespace {

using org_registration::v1::Registration;
using suite::Person;
using suite::World;

constexpr int kLanes = 8;
constexpr int kBarWidth = 40;
// The representative of all of them, in the seed.
constexpr char kRepresentative[] = "025193730508";
// Tax codes of made-up organizations begin here.
constexpr char kProvince[] = "01";
constexpr uint64_t kFirstSerial = 5'000'000;

// Those who work side by side with others like them.
struct Lane {
  std::unique_ptr<Person> applicant;
  std::unique_ptr<Person> reviewer;
  std::unique_ptr<Person> approver;
};

absl::Status RegisterOne(World& world, Lane& lane, const std::string& tax_code) {
  const registry::v1::OrganizationRecord record = suite::OrganizationOf(
      lane.applicant->data(), tax_code, absl::StrCat("Công ty TNHH Hạt Cát ", tax_code));
  RETURN_IF_ERROR(world.outside().PutOrganization(record));
  ASSIGN_OR_RETURN(
      Registration registration,
      suite::Create(*lane.applicant, suite::DossierOf(record, lane.applicant->data())));
  ASSIGN_OR_RETURN(registration, suite::Submit(*lane.applicant, registration));
  const std::string id = registration.registration_id();
  RETURN_IF_ERROR(lane.applicant->WaitFor(id, {Registration::STATE_UNDER_REVIEW}).status());
  // The case may come a moment after the state: it is opened by the next step of the workflow.
  RETURN_IF_ERROR(suite::Approve(*lane.reviewer, *lane.approver, id, "").status());
  return lane.applicant->WaitFor(id, {Registration::STATE_ISSUED}).status();
}

// Thread-safe.
class Progress {
 public:
  explicit Progress(int total) : total_(total), tty_(isatty(STDOUT_FILENO) == 1) {}

  void One(double seconds) {
    absl::MutexLock lock(&mutex_);
    took_.push_back(seconds);
    const int done = static_cast<int>(took_.size());
    if (!tty_ && done % std::max(1, total_ / 10) != 0) return;
    const int filled = done * kBarWidth / total_;
    absl::PrintF("%s  [%s%s] %d of %d%s", tty_ ? "\r" : "", std::string(filled, '#'),
                 std::string(kBarWidth - filled, '.'), done, total_,
                 tty_ && done < total_ ? "" : "\n");
    std::fflush(stdout);
  }

  std::vector<double> took() {
    absl::MutexLock lock(&mutex_);
    std::sort(took_.begin(), took_.end());
    return took_;
  }

 private:
  const int total_;
  const bool tty_;
  absl::Mutex mutex_;
  std::vector<double> took_ ABSL_GUARDED_BY(mutex_);
};

absl::StatusOr<std::vector<Lane>> OpenLanes(World& world, int count) {
  ASSIGN_OR_RETURN(std::unique_ptr<Person> first, world.Admit(kRepresentative));
  std::vector<Lane> lanes(count);
  for (Lane& lane : lanes) {
    ASSIGN_OR_RETURN(lane.applicant, first->AnotherSession());
    ASSIGN_OR_RETURN(lane.reviewer, world.reviewer().AnotherSession());
    ASSIGN_OR_RETURN(lane.approver, world.approver().AnotherSession());
  }
  return lanes;
}

}  // namespace

absl::Status RegisterMany(World& world, int count) {
  absl::PrintF("\n== %d registrations, %d at a time\n", count, std::min(kLanes, count));
  ASSIGN_OR_RETURN(std::vector<Lane> lanes, OpenLanes(world, std::min(kLanes, count)));
  Progress progress(count);
  std::atomic<int> next = 0;
  absl::Mutex mutex;
  absl::Status failure;
  const absl::Time begin = absl::Now();
  std::vector<std::thread> threads;
  for (Lane& lane : lanes) {
    threads.emplace_back([&] {
      for (int i = next++; i < count; i = next++) {
        const absl::Time start = absl::Now();
        const absl::Status status =
            RegisterOne(world, lane, suite::NthTaxCode(kProvince, kFirstSerial, i));
        if (!status.ok()) {
          absl::MutexLock lock(&mutex);
          failure.Update(status);
          return;
        }
        progress.One(absl::ToDoubleSeconds(absl::Now() - start));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  RETURN_IF_ERROR(failure);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  const std::vector<double> took = progress.took();
  absl::PrintF("  %d issued in %s: %.1f a second; each took %s (median), %s (slowest)\n", count,
               Took(seconds), count / seconds, Took(took[took.size() / 2]), Took(took.back()));
  return absl::OkStatus();
}

}  // namespace eid::demo
