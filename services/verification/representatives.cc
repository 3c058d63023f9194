// SPDX-License-Identifier: Apache-2.0
#include "services/verification/representatives.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/violations.h"
#include "services/verification/match.h"

namespace eid::verification {
namespace {

using registry::v1::OrganizationRecord;
using registry::v1::RegisteredRepresentative;

// "***Sơn, ***345": enough for the one who knows the person.
std::string Show(const RegisteredRepresentative& registered) {
  return absl::StrCat(Masked(registered.full_name()), ", ", Masked(registered.document_number()));
}

bool IsNamedByNumber(const RegisteredRepresentative& registered,
                     const dossier::v1::Representative& declared) {
  const bool may_be_personal_id =
      registered.document_kind() == registry::v1::REGISTERED_DOCUMENT_KIND_PERSONAL_ID ||
      registered.document_kind() == registry::v1::REGISTERED_DOCUMENT_KIND_UNSPECIFIED;
  return may_be_personal_id && !declared.personal_id().empty() &&
         absl::StripAsciiWhitespace(registered.document_number()) == declared.personal_id();
}

// Finds each declared person in the register, each entry of which is one person.
class Register {
 public:
  Register(const OrganizationRecord& record, Judge& judge)
      : record_(record),
        named_(static_cast<size_t>(record.representatives_size()), false),
        judge_(judge) {}

  void Find(const std::string& path, const dossier::v1::Representative& declared,
            const std::optional<PersonFinding>& person) {
    for (int i = 0; i < record_.representatives_size(); ++i) {
      if (!IsNamedByNumber(record_.representatives(i), declared)) continue;
      judge_.Add(path, v1::VERDICT_MATCH, v1::VERDICT_REASON_UNSPECIFIED,
                 Show(record_.representatives(i)));
      return NameTo(i, path, declared);
    }
    for (int i = 0; i < record_.representatives_size(); ++i) {
      if (!person.has_value() || !person->record.has_value() ||
          !IsFormerDocument(record_.representatives(i), *person->record)) {
        continue;
      }
      judge_.Add(path, v1::VERDICT_MISMATCH, v1::VERDICT_REASON_REPRESENTATIVE_OLD_DOCUMENT,
                 Show(record_.representatives(i)));
      return NameTo(i, path, declared);
    }
    judge_.Add(path, v1::VERDICT_MISMATCH, v1::VERDICT_REASON_REPRESENTATIVE_DIFFERS,
               Show(record_.representatives(0)));
    ++strangers_;
  }

  // Those whom nobody found. Somebody who stands in another's place is one fault, not two.
  void JudgeOthers() {
    std::vector<std::string> others;
    for (int i = 0; i < record_.representatives_size(); ++i) {
      if (!named_[static_cast<size_t>(i)]) others.push_back(Show(record_.representatives(i)));
    }
    if (others.empty()) {
      judge_.Add("co_representatives", v1::VERDICT_MATCH, v1::VERDICT_REASON_UNSPECIFIED);
    } else if (others.size() > strangers_) {
      judge_.Add("co_representatives", v1::VERDICT_MISMATCH,
                 v1::VERDICT_REASON_REPRESENTATIVES_MISSING, absl::StrJoin(others, "; "));
    }
  }

 private:
  // The register's entry is this person; its name should say so too.
  void NameTo(int entry, const std::string& path, const dossier::v1::Representative& declared) {
    named_[static_cast<size_t>(entry)] = true;
    const std::string& name = record_.representatives(entry).full_name();
    judge_.Add(Nested(path, "full_name"), MatchPersonName(declared.full_name(), name),
               Masked(name));
  }

  const OrganizationRecord& record_;
  std::vector<bool> named_;
  size_t strangers_ = 0;
  Judge& judge_;
};

}  // namespace

void JudgeRepresentatives(const dossier::v1::Dossier& dossier, const OrganizationRecord& record,
                          const Findings& findings, Judge& judge) {
  if (record.representatives().empty()) {
    judge.Add("representative", Match::kNothingToCompare, "");
    return;
  }
  Register reg(record, judge);
  reg.Find("representative", dossier.representative(), findings.representative);
  for (int i = 0; i < dossier.co_representatives_size(); ++i) {
    const auto index = static_cast<size_t>(i);
    reg.Find(Indexed("co_representatives", index), dossier.co_representatives(i),
             index < findings.co_representatives.size() ? findings.co_representatives[index]
                                                        : std::nullopt);
  }
  reg.JudgeOthers();
}

}  // namespace eid::verification
