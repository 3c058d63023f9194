// SPDX-License-Identifier: Apache-2.0
#include "services/verification/verdicts.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/violations.h"
#include "services/verification/judge.h"
#include "services/verification/match.h"
#include "services/verification/representatives.h"

namespace eid::verification {
namespace {

using dossier::v1::Dossier;
using registry::v1::OrganizationRecord;

std::string ShowDate(const google::type::Date& date) {
  if (date.year() == 0) return "";
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

Keeper KeeperOf(const Dossier& dossier) {
  switch (dossier.category()) {
    case dossier::v1::ORGANIZATION_CATEGORY_ENTERPRISE:
    case dossier::v1::ORGANIZATION_CATEGORY_COOPERATIVE:
    case dossier::v1::ORGANIZATION_CATEGORY_BRANCH: return Keeper::kBusinessRegister;
    default: return Keeper::kSpecialised;
  }
}

void JudgeNames(const dossier::v1::OrganizationNames& declared,
                const dossier::v1::OrganizationNames& registered, Judge& judge) {
  judge.Add("names.vietnamese",
            MatchOrganizationName(declared.vietnamese(), registered.vietnamese()),
            registered.vietnamese());
  // What an organization need not have is compared when it is declared.
  if (!declared.abbreviated().empty()) {
    judge.Add("names.abbreviated", MatchName(declared.abbreviated(), registered.abbreviated()),
              registered.abbreviated());
  }
  if (!declared.foreign().empty()) {
    judge.Add("names.foreign", MatchName(declared.foreign(), registered.foreign()),
              registered.foreign());
  }
}

void JudgeAddress(const dossier::v1::Address& declared, const OrganizationRecord& record,
                  Judge& judge) {
  const registry::v1::RegisteredAddress& registered = record.head_office();
  if (!record.has_head_office()) {
    judge.Add("head_office", Match::kNothingToCompare, "");
    return;
  }
  // Communes were merged and renamed, districts abolished: the old text says nothing about the new one.
  if (PredatesUnitsOf2025(registered)) {
    std::string shown = registered.street();
    for (const std::string* part :
         {&registered.commune(), &registered.district(), &registered.province()}) {
      if (!part->empty()) absl::StrAppend(&shown, shown.empty() ? "" : ", ", *part);
    }
    judge.Add("head_office", v1::VERDICT_NOT_AVAILABLE,
              v1::VERDICT_REASON_ADDRESS_PREDATES_2025_UNITS, std::move(shown));
    return;
  }
  judge.Add("head_office.street", MatchStreet(declared.street(), registered.street()),
            registered.street());
  judge.Add("head_office.commune", MatchCommune(declared.commune(), registered.commune()),
            registered.commune());
  judge.Add("head_office.province_code",
            MatchCode(declared.province_code(), registered.province_code()),
            registered.province_code());
}

void JudgeCodes(const Dossier& dossier, const OrganizationRecord& record, Judge& judge) {
  struct Code {
    absl::string_view field;
    const std::string& declared;
    const std::string& registered;
    Match match;
  };
  const Code all[] = {
      {"tax_code", dossier.tax_code(), record.tax_code(),
       MatchCode(dossier.tax_code(), record.tax_code())},
      {"business_code", dossier.business_code(), record.business_code(),
       MatchCode(dossier.business_code(), record.business_code())},
      {"agency_code", dossier.agency_code(), record.agency_code(),
       MatchCode(dossier.agency_code(), record.agency_code())},
      {"establishment_decision", dossier.establishment_decision(), record.establishment_decision(),
       MatchReference(dossier.establishment_decision(), record.establishment_decision())},
  };
  for (const Code& code : all) {
    if (code.declared.empty()) continue;
    // The key stands for the organization itself: its being dissolved is said there.
    if (code.field == KeyField(dossier) &&
        record.state() == registry::v1::ORGANIZATION_RECORD_STATE_DISSOLVED) {
      judge.Add(code.field, v1::VERDICT_MISMATCH, v1::VERDICT_REASON_ORGANIZATION_DISSOLVED,
                code.registered);
      continue;
    }
    judge.Add(code.field, code.match, code.registered);
  }
}

bool IsFound(const Findings& findings) {
  return std::any_of(findings.organization.begin(), findings.organization.end(),
                     [](const OrganizationFinding& finding) { return finding.record.has_value(); });
}

}  // namespace

absl::string_view KeyField(const Dossier& dossier) {
  switch (dossier.category()) {
    case dossier::v1::ORGANIZATION_CATEGORY_STATE_AGENCY: return "agency_code";
    case dossier::v1::ORGANIZATION_CATEGORY_OTHER:
      if (!dossier.tax_code().empty()) return "tax_code";
      if (!dossier.agency_code().empty()) return "agency_code";
      return "establishment_decision";
    default: return "tax_code";
  }
}

std::vector<v1::FieldVerdict> JudgePerson(absl::string_view path,
                                          const dossier::v1::Representative& declared,
                                          const PersonFinding& finding) {
  Judge judge(path, finding.origin, Keeper::kPopulation);
  if (!finding.record.has_value()) {
    judge.Add("personal_id", v1::VERDICT_MISMATCH, v1::VERDICT_REASON_RECORD_NOT_FOUND);
    return judge.Take();
  }
  const registry::v1::PersonRecord& record = *finding.record;
  switch (record.state()) {
    case registry::v1::PERSON_STATE_ACTIVE:
      judge.Add("personal_id", MatchCode(declared.personal_id(), record.personal_id()),
                Masked(record.personal_id()));
      break;
    case registry::v1::PERSON_STATE_DECEASED:
    case registry::v1::PERSON_STATE_MISSING:
    case registry::v1::PERSON_STATE_CANCELLED:
      judge.Add("personal_id", v1::VERDICT_MISMATCH, v1::VERDICT_REASON_PERSON_NOT_ACTIVE,
                Masked(record.personal_id()));
      break;
    default: judge.Add("personal_id", Match::kNothingToCompare, "");
  }
  judge.Add("full_name", MatchPersonName(declared.full_name(), record.full_name()),
            Masked(record.full_name()));
  judge.Add("birth_date", MatchDate(declared.birth_date(), record.birth_date()),
            Masked(ShowDate(record.birth_date())));
  return judge.Take();
}

std::vector<v1::FieldVerdict> JudgeOrganization(const Dossier& dossier,
                                                const OrganizationFinding& finding,
                                                const Findings& findings) {
  if (!finding.record.has_value()) return {};
  const OrganizationRecord& record = *finding.record;
  Judge judge("", finding.origin, KeeperOf(dossier));
  if (record.category() != dossier::v1::ORGANIZATION_CATEGORY_UNSPECIFIED) {
    judge.Add("category",
              record.category() == dossier.category() ? Match::kSame : Match::kDifferent,
              dossier::v1::OrganizationCategory_Name(record.category()));
  }
  JudgeNames(dossier.names(), record.names(), judge);
  judge.Add("establishment_date",
            MatchDate(dossier.establishment_date(), record.establishment_date()),
            ShowDate(record.establishment_date()));
  JudgeAddress(dossier.head_office(), record, judge);
  JudgeCodes(dossier, record, judge);
  JudgeRepresentatives(dossier, record, findings, judge);
  return judge.Take();
}

Judgement JudgeAll(const Dossier& dossier, const Findings& findings) {
  Judgement all;
  const auto take = [&](std::vector<v1::FieldVerdict> verdicts, bool found) {
    const v1::LookupOutcome outcome = found ? OutcomeOf(verdicts) : v1::LOOKUP_OUTCOME_NOT_FOUND;
    std::move(verdicts.begin(), verdicts.end(), std::back_inserter(all.verdicts));
    return outcome;
  };
  const auto judge_person = [&](absl::string_view path, const dossier::v1::Representative& declared,
                                const std::optional<PersonFinding>& finding) {
    if (!finding.has_value()) return v1::LOOKUP_OUTCOME_UNSPECIFIED;
    return take(JudgePerson(path, declared, *finding), finding->record.has_value());
  };
  all.persons.push_back(
      judge_person("representative", dossier.representative(), findings.representative));
  for (size_t i = 0; i < findings.co_representatives.size(); ++i) {
    all.persons.push_back(judge_person(Indexed("co_representatives", i),
                                       dossier.co_representatives(static_cast<int>(i)),
                                       findings.co_representatives[i]));
  }
  for (const OrganizationFinding& finding : findings.organization) {
    all.organization.push_back(
        take(JudgeOrganization(dossier, finding, findings), finding.record.has_value()));
  }
  if (!findings.organization.empty() && !IsFound(findings)) {
    Judge judge("", findings.organization.front().origin, KeeperOf(dossier));
    judge.Add(KeyField(dossier), v1::VERDICT_NOT_AVAILABLE, v1::VERDICT_REASON_RECORD_NOT_FOUND);
    take(judge.Take(), false);
  }
  return all;
}

v1::VerificationResult ResultOf(const std::vector<v1::FieldVerdict>& verdicts,
                                const Findings& findings) {
  if (OutcomeOf(verdicts) == v1::LOOKUP_OUTCOME_MISMATCH) return v1::VERIFICATION_RESULT_MISMATCH;
  return IsFound(findings) ? v1::VERIFICATION_RESULT_MATCH : v1::VERIFICATION_RESULT_NOT_FOUND;
}

v1::DeadlineClass DeadlineClassOf(const Findings& findings) {
  return IsFound(findings) ? v1::DEADLINE_CLASS_IN_DATABASE : v1::DEADLINE_CLASS_TO_BE_VERIFIED;
}

v1::LookupOutcome OutcomeOf(const std::vector<v1::FieldVerdict>& verdicts) {
  const bool differs = std::any_of(
      verdicts.begin(), verdicts.end(),
      [](const v1::FieldVerdict& verdict) { return verdict.verdict() == v1::VERDICT_MISMATCH; });
  return differs ? v1::LOOKUP_OUTCOME_MISMATCH : v1::LOOKUP_OUTCOME_MATCH;
}

v1::FieldVerdict JudgePhone(absl::string_view path, absl::string_view declared,
                            const PersonFinding& finding) {
  Judge judge("", finding.origin, Keeper::kPopulation);
  const std::string& registered = finding.record.has_value() ? finding.record->phone() : "";
  judge.Add(path, MatchPhone(declared, registered), Masked(registered));
  return judge.Take().front();
}

}  // namespace eid::verification
