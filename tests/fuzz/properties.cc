// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/properties.h"

#include <ctime>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/config.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/rpc/status_wire.h"
#include "common/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/rpc/error_details.pb.h"
#include "tests/fuzz/target.h"

namespace eid::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// What gRPC's clients take by default.
constexpr size_t kMaxMetadata = 8192;
// Of this, other keys: content type, status, request tag.
constexpr size_t kOtherMetadata = 400;
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
// As the fuzzer is built: its sanitizers make everything ten times as slow.
constexpr double kMaxSeconds = 1.0;
#else
constexpr double kMaxSeconds = 0.1;
#endif

double ProcessorSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Whether a value tells of a person: a number of six and more digits, an address. No sentence of ours
// holds such a thing but for the examples.
bool IsTelling(absl::string_view value) {
  size_t digits = 0;
  for (const char c : value) {
    digits = absl::ascii_isdigit(c) ? digits + 1 : 0;
    if (digits == 6 || (c == '@' && value.size() >= 6)) return true;
  }
  return false;
}

void CollectTelling(const Message& message, std::vector<std::string>& values) {
  const Reflection& r = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  r.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? r.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        CollectTelling(field->is_repeated() ? r.GetRepeatedMessage(message, field, i)
                                            : r.GetMessage(message, field),
                       values);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        std::string value = field->is_repeated() ? r.GetRepeatedString(message, field, i)
                                                 : r.GetString(message, field);
        if (IsTelling(value)) values.push_back(std::move(value));
      }
    }
  }
}

std::string TextsOf(const absl::Status& status) {
  std::string texts(status.message());
  status.ForEachPayload([&](absl::string_view, const absl::Cord& payload) {
    absl::StrAppend(&texts, "\n", std::string(payload));
  });
  return texts;
}

// As gRPC writes them: base64 for binary values, %XX for what is not printable; 32 bytes for each key
// (RFC 9113, 6.5.2).
size_t BinaryValue(size_t bytes) { return (bytes + 2) / 3 * 4; }
size_t TextValue(absl::string_view text) {
  size_t size = 0;
  for (const char c : text) size += absl::ascii_isprint(c) && c != '%' ? 1 : 3;
  return size;
}

void CheckViolations(const Message& request, const absl::Status& status) {
  const auto details = DetailOf<google::rpc::BadRequest>(status);
  Require(details.has_value() && !details->field_violations().empty(),
          "a refusal names at least one field");
  for (const auto& violation : details->field_violations()) {
    Require(HasPath(request, violation.field()),
            absl::StrCat("a violation is of a field that is there: ", violation.field()));
    Require(!violation.description().empty() && !violation.reason().empty(),
            "a violation has words and a reason");
  }
}

}  // namespace

bool Repeats(absl::string_view texts, absl::string_view value) {
  if (!IsTelling(value)) return false;
  const std::string without_examples = absl::StrReplaceAll(
      texts, {{"name@example.vn", ""}, {"!@#$^*()_", ""}, {"G01.899-261121-0001", ""}});
  return absl::StrContains(without_examples, value);
}

void InTime(const std::function<void()>& work) {
  const double begin = ProcessorSeconds();
  work();
  const double took = ProcessorSeconds() - begin;
  Require(took <= kMaxSeconds, absl::StrCat("took ", took, " s of the processor"));
}

void CheckValidation(const Message& request,
                     const std::function<absl::Status(const Message& request)>& validate) {
  absl::Status status;
  InTime([&] { status = validate(request); });
  CheckError(request, status);
  if (!status.ok()) CheckViolations(request, status);
  const std::unique_ptr<Message> again(request.New());
  Require(again->ParseFromString(request.SerializeAsString()), "what was written is read");
  Require(validate(*again) == status, "the same request gets the same answer");
}

void CheckError(const Message& request, const absl::Status& status) {
  if (status.ok()) return;
  Require(absl::IsInvalidArgument(status), "a refusal is INVALID_ARGUMENT");
  Require(!ReasonOf(status).empty(), "a refusal has a reason");
  const size_t bytes = MetadataBytes(status);
  Require(bytes <= kMaxMetadata, absl::StrCat("an error of ", bytes, " bytes does not arrive"));
  std::vector<std::string> values;
  CollectTelling(request, values);
  const std::string texts = TextsOf(status);
  for (const std::string& value : values)
    Require(!Repeats(texts, value), absl::StrCat("an error repeats: ", value));
}

bool HasPath(const Message& message, absl::string_view path) {
  const std::vector<absl::string_view> steps = absl::StrSplit(path, '.');
  const Message* at = &message;
  std::unique_ptr<Message> absent;
  for (size_t i = 0; i < steps.size(); ++i) {
    const size_t bracket = steps[i].find('[');
    const std::string name(steps[i].substr(0, bracket));
    const FieldDescriptor* field = at->GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) return false;
    int index = -1;
    if (bracket != absl::string_view::npos) {
      absl::string_view number = steps[i].substr(bracket + 1);
      if (!absl::ConsumeSuffix(&number, "]") || !absl::SimpleAtoi(number, &index)) return false;
      if (!field->is_repeated() || index < 0 ||
          index >= at->GetReflection()->FieldSize(*at, field)) {
        return false;
      }
    }
    if (i + 1 == steps.size()) return true;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return false;
    if (field->is_repeated() && index < 0) return false;
    at = field->is_repeated() ? &at->GetReflection()->GetRepeatedMessage(*at, field, index)
                              : &at->GetReflection()->GetMessage(*at, field);
  }
  return false;
}

size_t MetadataBytes(const absl::Status& status) {
  constexpr size_t kKeys = sizeof("grpc-status-details-bin") + sizeof("grpc-message") + 64;
  return BinaryValue(rpc::ToWire(status).size()) + TextValue(status.message()) + kKeys +
         kOtherMetadata;
}

}  // namespace eid::fuzz
