// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/mutate.h"

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "common/text/utf8.h"
#include "google/protobuf/descriptor.h"
#include "tests/fuzz/samples.h"

namespace eid::fuzz {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kMaxText = 2500;
constexpr int kMaxElements = 64;
constexpr int kMaxDepth = 12;

// Pieces that text code trips over: zero, direction marks, combining marks, spaces of other widths,
// letters beyond 16 bits, numbers of other scripts, path and list characters.
constexpr const char* kPieces[] = {
    "\u202e", "\u0301", "\u0323",        "\u00a0", "\u3000", "\U0001F600", "\u0663", "\u200b",
    "\ufeff", "\u1ea4", "a\u0302\u0301", "\n",     "\t",     " ",          ".",      "[0]",
    "@",      "-",      "+84",           "*",      "\u2028", "\u0110",     "\uffff", "%",
    "'",      "0",      "\u00e0\u0323"};

int64_t NumberFor(int64_t before, Dice& dice) {
  constexpr int64_t kNumbers[] = {0,
                                  1,
                                  -1,
                                  2,
                                  12,
                                  13,
                                  29,
                                  31,
                                  32,
                                  99,
                                  1900,
                                  2000,
                                  9999,
                                  10000,
                                  253402300799,
                                  253402300800,
                                  -62135596800,
                                  -62135596801,
                                  999'999'999,
                                  1'000'000'000,
                                  std::numeric_limits<int32_t>::max(),
                                  std::numeric_limits<int32_t>::min(),
                                  std::numeric_limits<int64_t>::max(),
                                  std::numeric_limits<int64_t>::min()};
  switch (dice.Below(4)) {
    case 0: return dice.Pick(kNumbers);
    case 1: return static_cast<int64_t>(static_cast<uint64_t>(before) + dice.Below(5) - 2);
    case 2:
      return static_cast<int64_t>(static_cast<uint64_t>(before) ^ uint64_t{1} << dice.Below(64));
    default: return static_cast<int64_t>(dice.Below(3000));
  }
}

double FractionFor(double before, Dice& dice) {
  using Limits = std::numeric_limits<double>;
  static constexpr double kFractions[] = {0,
                                          -1,
                                          0.5,
                                          1,
                                          1e-9,
                                          Limits::denorm_min(),
                                          Limits::min(),
                                          1e9,
                                          Limits::max(),
                                          Limits::infinity(),
                                          Limits::quiet_NaN()};
  switch (dice.Below(4)) {
    case 0: return before / 2;
    case 1: return before * 2;
    case 2: return static_cast<double>(NumberFor(0, dice));
    default: return dice.Pick(kFractions);
  }
}

std::string TextFor(const FieldDescriptor& field, std::string before, Dice& dice) {
  const bool is_text = field.type() == FieldDescriptor::TYPE_STRING;
  switch (dice.Below(8)) {
    case 0: return SampleOf(field);
    case 1: return AnySample(dice);
    case 2: return "";
    case 3: before.insert(dice.Below(before.size() + 1), dice.Pick(kPieces)); break;
    case 4: {
      const std::string piece = dice.Pick(kPieces);
      for (size_t times = dice.Below(400); times > 0; --times) before += piece;
      break;
    }
    default: before = dice.Mutated(std::move(before), kMaxText);
  }
  if (before.size() > kMaxText) before.resize(kMaxText);
  return is_text ? MadeUtf8(before) : before;
}

int EnumFor(const FieldDescriptor& field, Dice& dice) {
  const auto& type = *field.enum_type();
  if (dice.OneIn(8)) return static_cast<int>(NumberFor(0, dice));
  return type.value(static_cast<int>(dice.Below(static_cast<size_t>(type.value_count()))))
      ->number();
}

// One value of a field: `index` of a list, or -1 for the single one.
void MutateValue(Message& message, const FieldDescriptor& field, int index, Dice& dice) {
  const Reflection& r = *message.GetReflection();
#define EID_NUMBER(CASE, TYPE, NAME)                                                               \
  case FieldDescriptor::CASE:                                                                      \
    if (index < 0) {                                                                               \
      r.Set##NAME(                                                                                 \
          &message, &field,                                                                        \
          static_cast<TYPE>(NumberFor(static_cast<int64_t>(r.Get##NAME(message, &field)), dice))); \
    } else {                                                                                       \
      r.SetRepeated##NAME(&message, &field, index, static_cast<TYPE>(NumberFor(0, dice)));         \
    }                                                                                              \
    break
  switch (field.cpp_type()) {
    EID_NUMBER(CPPTYPE_INT32, int32_t, Int32);
    EID_NUMBER(CPPTYPE_INT64, int64_t, Int64);
    EID_NUMBER(CPPTYPE_UINT32, uint32_t, UInt32);
    EID_NUMBER(CPPTYPE_UINT64, uint64_t, UInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      index < 0 ? r.SetDouble(&message, &field, FractionFor(r.GetDouble(message, &field), dice))
                : r.SetRepeatedDouble(&message, &field, index, FractionFor(0, dice));
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
      index < 0
          ? r.SetFloat(&message, &field,
                       static_cast<float>(FractionFor(r.GetFloat(message, &field), dice)))
          : r.SetRepeatedFloat(&message, &field, index, static_cast<float>(FractionFor(0, dice)));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      index < 0 ? r.SetBool(&message, &field, dice.OneIn(2))
                : r.SetRepeatedBool(&message, &field, index, dice.OneIn(2));
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      index < 0 ? r.SetEnumValue(&message, &field, EnumFor(field, dice))
                : r.SetRepeatedEnumValue(&message, &field, index, EnumFor(field, dice));
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      if (index < 0) {
        r.SetString(&message, &field, TextFor(field, r.GetString(message, &field), dice));
      } else {
        r.SetRepeatedString(&message, &field, index,
                            TextFor(field, r.GetRepeatedString(message, &field, index), dice));
      }
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      FillWithSamples(index < 0 ? *r.MutableMessage(&message, &field)
                                : *r.MutableRepeatedMessage(&message, &field, index));
      break;
  }
#undef EID_NUMBER
}

void AddElement(Message& message, const FieldDescriptor& field) {
  const Reflection& r = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return r.AddInt32(&message, &field, 0);
    case FieldDescriptor::CPPTYPE_INT64: return r.AddInt64(&message, &field, 0);
    case FieldDescriptor::CPPTYPE_UINT32: return r.AddUInt32(&message, &field, 0);
    case FieldDescriptor::CPPTYPE_UINT64: return r.AddUInt64(&message, &field, 0);
    case FieldDescriptor::CPPTYPE_DOUBLE: return r.AddDouble(&message, &field, 0);
    case FieldDescriptor::CPPTYPE_FLOAT: return r.AddFloat(&message, &field, 0);
    case FieldDescriptor::CPPTYPE_BOOL: return r.AddBool(&message, &field, false);
    case FieldDescriptor::CPPTYPE_ENUM: return r.AddEnumValue(&message, &field, 0);
    case FieldDescriptor::CPPTYPE_STRING: return r.AddString(&message, &field, SampleOf(field));
    case FieldDescriptor::CPPTYPE_MESSAGE: FillWithSamples(*r.AddMessage(&message, &field)); return;
  }
}

void MutateList(Message& message, const FieldDescriptor& field, Dice& dice) {
  const Reflection& r = *message.GetReflection();
  const int size = r.FieldSize(message, &field);
  const int at = static_cast<int>(dice.Below(static_cast<size_t>(size)));
  switch (dice.Below(6)) {
    case 0:
      if (size > 0) r.RemoveLast(&message, &field);
      return;
    case 1:
      if (size > 1) r.SwapElements(&message, &field, at, size - 1);
      return;
    case 2:
      for (size_t times = dice.Below(40); times > 0; --times) {
        if (r.FieldSize(message, &field) < kMaxElements) AddElement(message, field);
      }
      return;
    case 3: r.ClearField(&message, &field); return;
    default:
      if (size == 0 || (size < kMaxElements && dice.OneIn(3))) AddElement(message, field);
      MutateValue(message, field, size == 0 ? 0 : at, dice);
  }
}

// The message itself and all below it.
void Collect(Message& message, int depth, std::vector<Message*>& all) {
  all.push_back(&message);
  if (depth == kMaxDepth) return;
  const Reflection& r = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  r.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      Collect(*r.MutableMessage(&message, field), depth + 1, all);
      continue;
    }
    for (int i = 0; i < r.FieldSize(message, field); ++i)
      Collect(*r.MutableRepeatedMessage(&message, field, i), depth + 1, all);
  }
}

}  // namespace

void MutateMessage(Message& message, Dice& dice) {
  std::vector<Message*> all;
  Collect(message, 0, all);
  Message& chosen = *all[dice.Below(all.size())];
  const Descriptor& type = *chosen.GetDescriptor();
  if (type.field_count() == 0) return;
  const FieldDescriptor& field =
      *type.field(static_cast<int>(dice.Below(static_cast<size_t>(type.field_count()))));
  if (field.is_map()) return;
  if (field.is_repeated()) return MutateList(chosen, field, dice);
  if (dice.OneIn(10)) return chosen.GetReflection()->ClearField(&chosen, &field);
  MutateValue(chosen, field, -1, dice);
}

std::string MadeUtf8(const std::string& bytes) {
  std::u32string characters = text::DecodeUtf8(bytes);
  for (char32_t& character : characters) {
    if (character >= text::kBrokenByte) character = U'?';
  }
  return text::EncodeUtf8(characters);
}

}  // namespace eid::fuzz
