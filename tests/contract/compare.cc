// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/compare.h"

#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"

namespace eid::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorSet;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr char kComparedPackages[] = "eid.";

absl::Status Load(const FileDescriptorSet& set, absl::string_view which, DescriptorPool& pool) {
  for (const auto& file : set.file()) {
    if (pool.BuildFile(file) == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("the set ", which, " does not hold together at ", file.name()));
    }
  }
  return absl::OkStatus();
}

// "repeated string", "optional eid.x.v1.Thing": what a change of means other bytes or other code.
std::string TypeOf(const FieldDescriptor& field) {
  std::string type = field.is_repeated() ? "repeated " : field.has_presence() ? "optional " : "";
  switch (field.type()) {
    case FieldDescriptor::TYPE_MESSAGE:
      return absl::StrCat(type, field.message_type()->full_name());
    case FieldDescriptor::TYPE_ENUM: return absl::StrCat(type, field.enum_type()->full_name());
    default: return absl::StrCat(type, field.type_name());
  }
}

std::string OneofOf(const FieldDescriptor& field) {
  return field.real_containing_oneof() == nullptr ? "no oneof"
                                                  : field.real_containing_oneof()->name();
}

std::string SignatureOf(const MethodDescriptor& method) {
  return absl::StrCat("(", method.client_streaming() ? "stream " : "",
                      method.input_type()->full_name(), ") returns (",
                      method.server_streaming() ? "stream " : "", method.output_type()->full_name(),
                      ")");
}

class Comparison {
 public:
  explicit Comparison(const DescriptorPool& after) : after_(after) {}

  void CompareFile(const FileDescriptor& before) {
    for (int i = 0; i < before.message_type_count(); ++i) CompareMessage(*before.message_type(i));
    for (int i = 0; i < before.enum_type_count(); ++i) CompareEnum(*before.enum_type(i));
    for (int i = 0; i < before.extension_count(); ++i) CompareExtension(*before.extension(i));
    for (int i = 0; i < before.service_count(); ++i) CompareService(*before.service(i));
  }

  std::vector<std::string> breaks;

 private:
  template <class... Parts>
  void Break(const Parts&... parts) {
    breaks.push_back(absl::StrCat(parts...));
  }

  // Says so if the same thing is now another.
  void Same(absl::string_view whose, absl::string_view what, absl::string_view before,
            absl::string_view after) {
    if (before != after) Break(whose, ": ", what, " was ", before, ", is ", after);
  }

  void CompareMessage(const Descriptor& before) {
    const Descriptor* after = after_.FindMessageTypeByName(before.full_name());
    if (after == nullptr) return Break(before.full_name(), ": message is gone");
    for (int i = 0; i < before.field_count(); ++i) {
      const FieldDescriptor& field = *before.field(i);
      const FieldDescriptor* now = after->FindFieldByNumber(field.number());
      if (now == nullptr) {
        Break(field.full_name(), ": field ", field.number(), " is gone");
      } else {
        CompareField(field, *now);
      }
    }
    CompareReserved(before, *after);
    for (int i = 0; i < before.nested_type_count(); ++i) CompareMessage(*before.nested_type(i));
    for (int i = 0; i < before.enum_type_count(); ++i) CompareEnum(*before.enum_type(i));
    for (int i = 0; i < before.extension_count(); ++i) CompareExtension(*before.extension(i));
  }

  void CompareField(const FieldDescriptor& before, const FieldDescriptor& after) {
    Same(before.full_name(), absl::StrCat("name of field ", before.number()), before.name(),
         after.name());
    Same(before.full_name(), "name in JSON", before.json_name(), after.json_name());
    Same(before.full_name(), "type", TypeOf(before), TypeOf(after));
    Same(before.full_name(), "oneof", OneofOf(before), OneofOf(after));
  }

  // A number or name that was reserved is of a field that once was: using it again misreads old messages.
  void CompareReserved(const Descriptor& before, const Descriptor& after) {
    for (int i = 0; i < before.reserved_range_count(); ++i) {
      int number = before.reserved_range(i)->start;
      const int end = before.reserved_range(i)->end;  // exclusive
      while (number < end && after.IsReservedNumber(number)) number = EndOfReserved(after, number);
      if (number < end) Break(before.full_name(), ": number ", number, " is no longer reserved");
    }
    for (int i = 0; i < before.reserved_name_count(); ++i) {
      if (!after.IsReservedName(before.reserved_name(i))) {
        Break(before.full_name(), ": name ", before.reserved_name(i), " is no longer reserved");
      }
    }
  }

  static int EndOfReserved(const Descriptor& message, int number) {
    for (int i = 0; i < message.reserved_range_count(); ++i) {
      const auto& range = *message.reserved_range(i);
      if (range.start <= number && number < range.end) return range.end;
    }
    return number + 1;
  }

  void CompareEnum(const EnumDescriptor& before) {
    const EnumDescriptor* after = after_.FindEnumTypeByName(before.full_name());
    if (after == nullptr) return Break(before.full_name(), ": enum is gone");
    for (int i = 0; i < before.value_count(); ++i) {
      const auto& value = *before.value(i);
      const auto* now = after->FindValueByName(value.name());
      if (now == nullptr) {
        Break(before.full_name(), ": value ", value.name(), " is gone");
      } else {
        Same(before.full_name(), absl::StrCat("number of ", value.name()),
             absl::StrCat(value.number()), absl::StrCat(now->number()));
      }
    }
  }

  void CompareExtension(const FieldDescriptor& before) {
    const FieldDescriptor* after = after_.FindExtensionByName(before.full_name());
    if (after == nullptr) return Break(before.full_name(), ": extension is gone");
    Same(before.full_name(), "number", absl::StrCat(before.number()),
         absl::StrCat(after->number()));
    Same(before.full_name(), "extended message", before.containing_type()->full_name(),
         after->containing_type()->full_name());
    Same(before.full_name(), "type", TypeOf(before), TypeOf(*after));
  }

  void CompareService(const ServiceDescriptor& before) {
    const ServiceDescriptor* after = after_.FindServiceByName(before.full_name());
    if (after == nullptr) return Break(before.full_name(), ": service is gone");
    for (int i = 0; i < before.method_count(); ++i) {
      const MethodDescriptor& method = *before.method(i);
      const MethodDescriptor* now = after->FindMethodByName(method.name());
      if (now == nullptr) {
        Break(method.full_name(), ": rpc is gone");
      } else {
        Same(method.full_name(), "signature", SignatureOf(method), SignatureOf(*now));
      }
    }
  }

  const DescriptorPool& after_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> BreakingChanges(const FileDescriptorSet& before,
                                                         const FileDescriptorSet& after) {
  DescriptorPool pool_before;
  DescriptorPool pool_after;
  if (absl::Status status = Load(before, "before", pool_before); !status.ok()) return status;
  if (absl::Status status = Load(after, "after", pool_after); !status.ok()) return status;
  Comparison comparison(pool_after);
  for (const auto& file : before.file()) {
    if (absl::StrCat(file.package(), ".").rfind(kComparedPackages, 0) != 0) continue;
    comparison.CompareFile(*pool_before.FindFileByName(file.name()));
  }
  return std::move(comparison.breaks);
}

absl::StatusOr<FileDescriptorSet> ReadDescriptorSet(absl::string_view path) {
  std::ifstream file(std::string(path), std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  FileDescriptorSet set;
  if (!set.ParseFromIstream(&file))
    return absl::DataLossError(absl::StrCat("not a descriptor set: ", path));
  return set;
}

}  // namespace eid::contract
