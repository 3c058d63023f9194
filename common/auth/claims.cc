// SPDX-License-Identifier: Apache-2.0
#include "common/auth/claims.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/auth/plain_json.h"
#include "common/auth/token.h"
#include "common/crypto/encoding.h"
#include "common/log/json.h"
#include "common/log/log.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/json_util.h"

namespace eid::auth {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// One value; `index` is -1 for a field that is not repeated.
void AppendValue(std::string& out, const Message& message, const FieldDescriptor& field,
                 int index) {
  const Reflection& r = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      absl::StrAppend(&out, index < 0 ? r.GetInt32(message, &field)
                                      : r.GetRepeatedInt32(message, &field, index));
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      absl::StrAppend(&out, index < 0 ? r.GetInt64(message, &field)
                                      : r.GetRepeatedInt64(message, &field, index));
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      AppendJsonString(
          out, (index < 0 ? r.GetEnum(message, &field) : r.GetRepeatedEnum(message, &field, index))
                   ->name());
      return;
    case FieldDescriptor::CPPTYPE_STRING:
      AppendJsonString(out, index < 0 ? r.GetString(message, &field)
                                      : r.GetRepeatedString(message, &field, index));
      return;
    default: LOG(FATAL) << field.full_name() << " has a type that tokens do not carry";
  }
}

void AppendField(std::string& out, const Message& message, const FieldDescriptor& field) {
  if (!field.is_repeated()) return AppendValue(out, message, field, -1);
  out.push_back('[');
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    if (i > 0) out.push_back(',');
    AppendValue(out, message, field, i);
  }
  out.push_back(']');
}

template <typename T>
absl::StatusOr<T> Parse(absl::string_view json, bool pass_over_unknown) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = pass_over_unknown;
  T message;
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &message, options);
  // The parser's own words repeat the text, which may be anything.
  if (!status.ok()) return absl::InvalidArgumentError("not the JSON that is expected");
  return message;
}

}  // namespace

std::string ToJson(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  std::string out = "{";
  for (const FieldDescriptor* field : fields) {
    if (out.size() > 1) out.push_back(',');
    AppendJsonString(out, field->json_name());
    out.push_back(':');
    AppendField(out, message, *field);
  }
  out.push_back('}');
  return out;
}

std::string EncodedHeader(absl::string_view key_id) {
  policy::v1::TokenHeader header;
  header.set_alg(kAlgorithm);
  header.set_typ(kType);
  header.set_kid(std::string(key_id));
  return crypto::Base64UrlEncode(ToJson(header));
}

absl::StatusOr<policy::v1::TokenHeader> ParseHeader(absl::string_view json) {
  return Parse<policy::v1::TokenHeader>(json, /*pass_over_unknown=*/false);
}

absl::StatusOr<policy::v1::AccessClaims> ParseClaims(absl::string_view json) {
  policy::v1::AccessClaims claims;
  if (ReadPlainJson(json, claims)) return claims;
  return Parse<policy::v1::AccessClaims>(json, /*pass_over_unknown=*/true);
}

absl::string_view FlawOf(const policy::v1::AccessClaims& claims) {
  if (claims.iss() != kIssuer) return "issuer is another";
  if (claims.aud() != kAudience) return "audience is another";
  if (claims.sub().empty()) return "subject is missing";
  if (claims.sid().empty()) return "session is missing";
  if (claims.jti().empty()) return "id is missing";
  if (claims.iat() <= 0 || claims.exp() <= claims.iat()) return "times are malformed";
  if (claims.exp() - claims.iat() > kMaxLifeSeconds) return "life is too long";
  if (claims.account_level() < 1 || claims.account_level() > 2) return "account level is malformed";
  if (claims.authentication_level() < 1 || claims.authentication_level() > 4) {
    return "authentication level is malformed";
  }
  const bool organization = claims.principal() == policy::v1::PRINCIPAL_KIND_ORGANIZATION;
  if (!organization && claims.principal() != policy::v1::PRINCIPAL_KIND_SELF) {
    return "principal is missing";
  }
  if (organization == claims.organization_id().empty()) return "principal is contradictory";
  return "";
}

}  // namespace eid::auth
