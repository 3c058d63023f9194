// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/support/bad_requests.h"

#include <google/protobuf/descriptor.h>

#include <functional>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "tools/suite/person.h"

namespace eid::integration {
namespace {

namespace pb = google::protobuf;

constexpr int kDepth = 6;

// A field of bytes on the wire: number and length, then the bytes.
std::string WireField(int number, absl::string_view bytes) {
  std::string out;
  const auto append_varint = [&out](uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(0x80 | (value & 0x7f)));
    out.push_back(static_cast<char>(value));
  };
  append_varint(static_cast<uint64_t>(number) << 3 | 2);
  append_varint(bytes.size());
  return absl::StrCat(out, bytes);
}

// The string fields of a message and of those within it, with what must stand around each.
void ForEachText(const pb::Descriptor& type, const std::string& path, std::vector<int> numbers,
                 const std::function<void(const std::string&, const std::vector<int>&)>& each) {
  if (numbers.size() > 2) return;
  for (int i = 0; i < type.field_count(); ++i) {
    const pb::FieldDescriptor& field = *type.field(i);
    std::vector<int> below = numbers;
    below.push_back(field.number());
    const std::string name = path.empty() ? field.name() : absl::StrCat(path, ".", field.name());
    if (field.type() == pb::FieldDescriptor::TYPE_STRING) each(name, below);
    if (field.type() == pb::FieldDescriptor::TYPE_MESSAGE) {
      ForEachText(*field.message_type(), name, below, each);
    }
  }
}

std::vector<BadRequest> WithText(const Rpc& rpc, absl::string_view text) {
  std::vector<BadRequest> requests;
  ForEachText(*rpc.descriptor->input_type(), "", {},
              [&](const std::string& name, const std::vector<int>& numbers) {
                std::string bytes(text);
                for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
                  bytes = WireField(*number, bytes);
                }
                requests.push_back({.name = name, .bytes = bytes});
              });
  return requests;
}

// Fills every field; what a value is, the Filler says.
class Filler {
 public:
  virtual ~Filler() = default;
  void Fill(pb::Message& message, int depth = 0) {
    const pb::Descriptor& type = *message.GetDescriptor();
    if (FillWellKnown(message)) return;
    for (int i = 0; i < type.field_count(); ++i) {
      if (Skip(*type.field(i))) continue;
      SetField(message, *type.field(i), depth);
    }
  }

 protected:
  virtual std::string Text(const pb::FieldDescriptor& field) = 0;
  virtual std::string Bytes() = 0;
  virtual int64_t Number() = 0;
  virtual int EnumNumber(const pb::FieldDescriptor& field) = 0;
  // Dates, timestamps, masks. Whether it was one.
  virtual bool FillWellKnown(pb::Message& message) = 0;
  // Fields to leave as they are.
  virtual bool Skip(const pb::FieldDescriptor&) { return false; }

 private:
  void SetField(pb::Message& message, const pb::FieldDescriptor& field, int depth) {
    const pb::Reflection& reflection = *message.GetReflection();
    const bool list = field.is_repeated();
    switch (field.cpp_type()) {
      case pb::FieldDescriptor::CPPTYPE_STRING: {
        const std::string value =
            field.type() == pb::FieldDescriptor::TYPE_STRING ? Text(field) : Bytes();
        list ? reflection.AddString(&message, &field, value)
             : reflection.SetString(&message, &field, value);
        break;
      }
      case pb::FieldDescriptor::CPPTYPE_INT32: {
        const int value = static_cast<int>(Number());
        list ? reflection.AddInt32(&message, &field, value)
             : reflection.SetInt32(&message, &field, value);
        break;
      }
      case pb::FieldDescriptor::CPPTYPE_INT64:
        list ? reflection.AddInt64(&message, &field, Number())
             : reflection.SetInt64(&message, &field, Number());
        break;
      case pb::FieldDescriptor::CPPTYPE_ENUM:
        list ? reflection.AddEnumValue(&message, &field, EnumNumber(field))
             : reflection.SetEnumValue(&message, &field, EnumNumber(field));
        break;
      case pb::FieldDescriptor::CPPTYPE_BOOL:
        if (!list) reflection.SetBool(&message, &field, true);
        break;
      case pb::FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth >= kDepth) break;
        Fill(list ? *reflection.AddMessage(&message, &field)
                  : *reflection.MutableMessage(&message, &field),
             depth + 1);
        break;
      default: break;
    }
  }
};

// Sets whole-number fields by name, where they are.
void SetNumber(pb::Message& message, const std::string& name, int64_t value) {
  const pb::FieldDescriptor& field = *message.GetDescriptor()->FindFieldByName(name);
  if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_INT64) {
    message.GetReflection()->SetInt64(&message, &field, value);
  } else {
    message.GetReflection()->SetInt32(&message, &field, static_cast<int>(value));
  }
}

void AddPath(pb::Message& mask, const std::string& path) {
  mask.GetReflection()->AddString(&mask, mask.GetDescriptor()->FindFieldByName("paths"), path);
}

bool IsTime(const pb::Message& message) {
  const std::string& name = message.GetDescriptor()->full_name();
  return name == "google.protobuf.Timestamp" || name == "google.protobuf.Duration";
}

class Absurd final : public Filler {
  std::string Text(const pb::FieldDescriptor&) override {
    return absl::StrCat(std::string(2600, 'x'), "\x01\n", std::string(10, '\x7f'));
  }
  std::string Bytes() override { return "abc"; }
  int64_t Number() override { return std::numeric_limits<int32_t>::min(); }
  int EnumNumber(const pb::FieldDescriptor&) override { return 9999; }
  bool FillWellKnown(pb::Message& message) override {
    const std::string& name = message.GetDescriptor()->full_name();
    if (IsTime(message)) {
      SetNumber(message, "seconds", std::numeric_limits<int64_t>::max());
      SetNumber(message, "nanos", -1);
    } else if (name == "google.type.Date") {
      SetNumber(message, "year", 20000);
      SetNumber(message, "month", 77);
      SetNumber(message, "day", 99);
    } else if (name == "google.protobuf.FieldMask") {
      AddPath(message, "no.such.field");
      AddPath(message, "..");
    } else {
      return false;
    }
    return true;
  }
};

std::string Digits(size_t count) {
  std::string digits;
  for (const char byte : crypto::RandomBytes(count)) {
    digits.push_back(static_cast<char>('0' + static_cast<unsigned char>(byte) % 10));
  }
  return digits;
}

// Letters alone, as in a name.
std::string Letters(size_t count) {
  std::string letters;
  for (const char byte : crypto::RandomBytes(count)) {
    letters.push_back(static_cast<char>('a' + static_cast<unsigned char>(byte) % 20));
  }
  return letters;
}

class Plausible final : public Filler {
 public:
  explicit Plausible(std::vector<std::string>& canaries) : canaries_(canaries) {}

 private:
  std::string Canary(std::string value, size_t unlike = 0) {
    canaries_.push_back(value.substr(unlike));
    return value;
  }

  std::string Text(const pb::FieldDescriptor& field) override {
    const std::string& name = field.name();
    if (absl::StrContains(name, "personal_id")) return Canary("001190" + Digits(6));
    if (absl::StrContains(name, "phone")) return Canary("09" + Digits(8), 1);
    if (absl::StrContains(name, "email")) return Canary("canary." + Letters(12) + "@example.vn");
    if (absl::StrContains(name, "full_name")) return Canary("Chim " + Letters(12));
    if (name == "password") return Canary("aB3!" + Letters(12));
    if (name == "passcode" || name == "code") return Digits(6);
    if (absl::EndsWith(name, "token")) return Canary("canary" + Letters(20));
    if (field.options().GetExtension(policy::v1::sensitive)) return Canary(Letters(16));
    if (name == "request_id") return suite::NewRequestId();
    if (name == "tax_code" || name == "business_code") return "0195462677";
    if (name == "province_code") return "01";
    return "vidu";
  }
  std::string Bytes() override { return crypto::RandomBytes(32); }
  int64_t Number() override { return 1; }
  int EnumNumber(const pb::FieldDescriptor& field) override {
    return field.enum_type()->value(1)->number();
  }
  bool FillWellKnown(pb::Message& message) override {
    const std::string& name = message.GetDescriptor()->full_name();
    if (IsTime(message)) {
      SetNumber(message, "seconds", 1'767'200'000);
    } else if (name == "google.type.Date") {
      SetNumber(message, "year", 1990);
      SetNumber(message, "month", 5);
      SetNumber(message, "day", 17);
    } else if (name == "google.protobuf.FieldMask") {
      AddPath(message, "contact");
    } else {
      return false;
    }
    return true;
  }
  // A page of one's own making is another test's matter.
  bool Skip(const pb::FieldDescriptor& field) override {
    return field.name() == "page_token" || field.name() == "resume_token";
  }

  std::vector<std::string>& canaries_;
};

}  // namespace

std::vector<BadRequest> MalformedBytes() {
  return {{.name = "a field longer than the message",
           .bytes = std::string("\x0a\x7f"
                                "abc",
                                5)},
          {.name = "an endless number", .bytes = std::string(11, '\xff')},
          {.name = "a wire type that is none", .bytes = std::string("\x0f\x01", 2)},
          {.name = "field number 0",
           .bytes = std::string("\x02\x01"
                                "a",
                                3)},
          {.name = "a group that does not end", .bytes = std::string(200, '\x0b')},
          {.name = "JSON", .bytes = "{\"request_id\": \"1\"}"}};
}

std::vector<BadRequest> BrokenTexts(const Rpc& rpc) { return WithText(rpc, "a\xff\xfe\xc0\x80"); }

std::vector<BadRequest> LongTexts(const Rpc& rpc) {
  std::vector<BadRequest> top_level;
  for (BadRequest& request : WithText(rpc, std::string(9000, 'x'))) {
    if (!absl::StrContains(request.name, ".")) top_level.push_back(std::move(request));
  }
  return top_level;
}

std::vector<BadRequest> LongLists(const Rpc& rpc) {
  std::vector<BadRequest> requests;
  const pb::Descriptor& type = *rpc.descriptor->input_type();
  for (int i = 0; i < type.field_count(); ++i) {
    if (!type.field(i)->is_repeated() || type.field(i)->is_packable()) continue;
    std::string bytes;
    for (int item = 0; item < 1001; ++item) bytes += WireField(type.field(i)->number(), "");
    requests.push_back({.name = type.field(i)->name(), .bytes = bytes});
  }
  return requests;
}

std::string Nonsense(const Rpc& rpc) {
  const std::unique_ptr<pb::Message> request = rpc.NewRequest();
  Absurd().Fill(*request);
  return request->SerializeAsString();
}

std::string Oversized() {
  // A field that no request has, so nothing else is wrong with it.
  return WireField(15'000, std::string(300'000, 'x'));
}

std::string WithCanaries(const Rpc& rpc, std::vector<std::string>& canaries) {
  const std::unique_ptr<pb::Message> request = rpc.NewRequest();
  Plausible(canaries).Fill(*request);
  return request->SerializeAsString();
}

}  // namespace eid::integration
