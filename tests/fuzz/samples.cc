// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/samples.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"
#include "common/crypto/encoding.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"

namespace eid::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kMaxDepth = 8;
// 2026-11-22; what is compared with "now" lies around it.
constexpr int64_t kSeconds = 1'795'305'600;

struct Sample {
  absl::string_view field;
  const char* value;
};
constexpr Sample kSamples[] = {
    {"abbreviated", "SAOMAI"},
    {"address", "+84912345678"},
    {"agency_code", "G01.899"},
    {"business_code", "0101234567"},
    {"channel", "sms"},
    {"code", "123456"},
    {"commune", "Phường Cửa Nam"},
    {"document_number", "001090012345"},
    {"email", "an@example.vn"},
    {"en", "A sentence."},
    {"establishment_decision", "12/QĐ-UBND"},
    {"field", "names.vietnamese"},
    {"file_code", "G01.899-261121-0001"},
    {"foreign", "Sao Mai Co., Ltd."},
    {"full_name", "Nguyễn Văn An"},
    {"number", "012345678"},
    {"passcode", "194837"},
    {"password", "Mot4hai$ba"},
    {"paths", "names.vietnamese"},
    {"personal_id", "001090012345"},
    {"phone", "+84912345678"},
    {"position", "Giám đốc"},
    {"province_code", "01"},
    {"reason", "NOT_ELIGIBLE"},
    {"registered_full_name", "Nguyễn Văn An"},
    {"registry_id", "population"},
    {"registry_value", "***345"},
    {"street", "12 Lý Thường Kiệt"},
    {"subject", "representative"},
    {"tax_code", "0100109106"},
    {"unit", "G01.899"},
    {"unit_code", "G01.899"},
    {"verification_id", "registration-1.1"},
    {"registration_id", "registration-1"},
    {"vi", "Một câu."},
    {"vietnamese", "Công ty TNHH Sao Mai"},
    {"vietnamese_name", "Công ty TNHH Sao Mai"},
};

// SubjectPublicKeyInfo of an Ed25519 key (RFC 8410, section 10.1).
std::string PublicKey() {
  return *crypto::Base64UrlDecode("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE");
}

void FillList(Message& message, const FieldDescriptor& field, int depth);

void Fill(Message& message, int depth) {
  if (depth == kMaxDepth) return;
  const auto& type = *message.GetDescriptor();
  const Reflection& r = *message.GetReflection();
  if (type.full_name() == google::protobuf::Timestamp::descriptor()->full_name()) {
    return r.SetInt64(&message, type.FindFieldByName("seconds"), kSeconds);
  }
  if (type.full_name() == google::type::Date::descriptor()->full_name()) {
    r.SetInt32(&message, type.FindFieldByName("year"), 1990);
    r.SetInt32(&message, type.FindFieldByName("month"), 2);
    r.SetInt32(&message, type.FindFieldByName("day"), 3);
    return;
  }
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.is_map()) continue;
    if (field.is_repeated()) {
      FillList(message, field, depth);
      continue;
    }
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Fill(*r.MutableMessage(&message, &field), depth + 1);
        break;
      case FieldDescriptor::CPPTYPE_STRING: r.SetString(&message, &field, SampleOf(field)); break;
      case FieldDescriptor::CPPTYPE_ENUM:
        r.SetEnumValue(&message, &field,
                       field.enum_type()->value(field.enum_type()->value_count() > 1)->number());
        break;
      case FieldDescriptor::CPPTYPE_BOOL: r.SetBool(&message, &field, true); break;
      case FieldDescriptor::CPPTYPE_INT32: r.SetInt32(&message, &field, 1); break;
      case FieldDescriptor::CPPTYPE_INT64: r.SetInt64(&message, &field, 1); break;
      case FieldDescriptor::CPPTYPE_UINT32: r.SetUInt32(&message, &field, 1); break;
      case FieldDescriptor::CPPTYPE_UINT64: r.SetUInt64(&message, &field, 1); break;
      default: break;
    }
  }
}

void FillList(Message& message, const FieldDescriptor& field, int depth) {
  const Reflection& r = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE: return Fill(*r.AddMessage(&message, &field), depth + 1);
    case FieldDescriptor::CPPTYPE_STRING: return r.AddString(&message, &field, SampleOf(field));
    case FieldDescriptor::CPPTYPE_ENUM: return r.AddEnumValue(&message, &field, 1);
    default: return;
  }
}

}  // namespace

std::string SampleOf(const FieldDescriptor& field) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    if (absl::EndsWith(field.name(), "public_key")) return PublicKey();
    return std::string(absl::EndsWith(field.name(), "signature") ? 64 : 32, 'd');
  }
  const auto* const sample = std::find_if(std::begin(kSamples), std::end(kSamples),
                                          [&](const Sample& s) { return s.field == field.name(); });
  // Ids, tags, opaque tokens.
  return sample == std::end(kSamples) ? field.name() + "-1" : sample->value;
}

std::string AnySample(Dice& dice) { return dice.Pick(kSamples).value; }

void FillWithSamples(Message& message) { Fill(message, 0); }

}  // namespace eid::fuzz
