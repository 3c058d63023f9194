// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/compare.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/catch.h"
#include "common/testing/matchers.h"
#include "google/protobuf/compiler/parser.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace eid::contract {
namespace {

using google::protobuf::FileDescriptorSet;

// One file of a package, from its source text.
FileDescriptorSet Parse(const std::string& body, const std::string& package = "eid.x.v1") {
  const std::string source = absl::StrCat("syntax = \"proto3\"; package ", package, "; ", body);
  google::protobuf::io::ArrayInputStream stream(source.data(), static_cast<int>(source.size()));
  google::protobuf::io::Tokenizer tokenizer(&stream, nullptr);
  FileDescriptorSet set;
  google::protobuf::compiler::Parser parser;
  INFO(source);
  REQUIRE(parser.Parse(&tokenizer, set.add_file()));
  set.mutable_file(0)->set_name("x.proto");
  return set;
}

std::vector<std::string> Breaks(const std::string& before, const std::string& after) {
  return testing::Value(BreakingChanges(Parse(before), Parse(after)));
}

struct Case {
  std::string what;
  std::string before;
  std::string after;
  std::vector<std::string> breaks;
};

TEST_CASE("a change that somebody trips over is named") {
  const Case c = GENERATE(values<Case>({
      {"removed field",
       "message M { string a = 1; int32 b = 2; }",
       "message M { string a = 1; }",
       {"eid.x.v1.M.b: field 2 is gone"}},
      {"removed field, properly reserved",
       "message M { string a = 1; }",
       "message M { reserved 1; reserved \"a\"; }",
       {"eid.x.v1.M.a: field 1 is gone"}},
      {"renumbered field",
       "message M { string a = 1; }",
       "message M { string a = 2; }",
       {"eid.x.v1.M.a: field 1 is gone"}},
      {"renamed field",
       "message M { string a = 1; }",
       "message M { string b = 1; }",
       {"eid.x.v1.M.a: name of field 1 was a, is b", "eid.x.v1.M.a: name in JSON was a, is b"}},
      {"name in JSON",
       "message M { string a = 1; }",
       "message M { string a = 1 [json_name = \"z\"]; }",
       {"eid.x.v1.M.a: name in JSON was a, is z"}},
      {"scalar type",
       "message M { string a = 1; }",
       "message M { bytes a = 1; }",
       {"eid.x.v1.M.a: type was string, is bytes"}},
      {"one to many",
       "message M { string a = 1; }",
       "message M { repeated string a = 1; }",
       {"eid.x.v1.M.a: type was string, is repeated string"}},
      {"presence",
       "message M { int32 a = 1; }",
       "message M { optional int32 a = 1; }",
       {"eid.x.v1.M.a: type was int32, is optional int32"}},
      {"message type",
       "message A {} message B {} message M { A a = 1; }",
       "message A {} message B {} message M { B a = 1; }",
       {"eid.x.v1.M.a: type was optional eid.x.v1.A, is optional eid.x.v1.B"}},
      {"enum type",
       "enum A { A0 = 0; } enum B { B0 = 0; } message M { A a = 1; }",
       "enum A { A0 = 0; } enum B { B0 = 0; } message M { B a = 1; }",
       {"eid.x.v1.M.a: type was eid.x.v1.A, is eid.x.v1.B"}},
      {"into a oneof",
       "message M { oneof o { M b = 2; } M a = 1; }",
       "message M { oneof o { M b = 2; M a = 1; } }",
       {"eid.x.v1.M.a: oneof was no oneof, is o"}},
      {"map value",
       "message M { map<string, int32> a = 1; }",
       "message M { map<string, string> a = 1; }",
       {"eid.x.v1.M.AEntry.value: type was int32, is string"}},
      {"renamed message",
       "message M { string a = 1; }",
       "message N { string a = 1; }",
       {"eid.x.v1.M: message is gone"}},
      {"nested message",
       "message M { message N { string a = 1; } }",
       "message M { message N { bytes a = 1; } }",
       {"eid.x.v1.M.N.a: type was string, is bytes"}},
      {"reserved number",
       "message M { reserved 2 to 5; }",
       "message M { reserved 2, 3, 5; }",
       {"eid.x.v1.M: number 4 is no longer reserved"}},
      {"reserved name",
       "message M { reserved \"a\"; }",
       "message M {}",
       {"eid.x.v1.M: name a is no longer reserved"}},
      {"removed enum", "enum E { Z = 0; }", "", {"eid.x.v1.E: enum is gone"}},
      {"removed value",
       "enum E { Z = 0; A = 1; }",
       "enum E { Z = 0; }",
       {"eid.x.v1.E: value A is gone"}},
      {"renumbered value",
       "enum E { Z = 0; A = 1; }",
       "enum E { Z = 0; A = 2; }",
       {"eid.x.v1.E: number of A was 1, is 2"}},
      {"nested enum",
       "message M { enum E { Z = 0; A = 1; } }",
       "message M { enum E { Z = 0; B = 1; } }",
       {"eid.x.v1.M.E: value A is gone"}},
      {"removed service",
       "message M {} service S { rpc R(M) returns (M); }",
       "message M {}",
       {"eid.x.v1.S: service is gone"}},
      {"removed rpc",
       "message M {} service S { rpc R(M) returns (M); rpc Q(M) returns (M); }",
       "message M {} service S { rpc R(M) returns (M); }",
       {"eid.x.v1.S.Q: rpc is gone"}},
      {"request",
       "message M {} message N {} service S { rpc R(M) returns (M); }",
       "message M {} message N {} service S { rpc R(N) returns (M); }",
       {"eid.x.v1.S.R: signature was (eid.x.v1.M) returns (eid.x.v1.M), is (eid.x.v1.N) returns "
        "(eid.x.v1.M)"}},
      {"streaming",
       "message M {} service S { rpc R(M) returns (M); }",
       "message M {} service S { rpc R(M) returns (stream M); }",
       {"eid.x.v1.S.R: signature was (eid.x.v1.M) returns (eid.x.v1.M), is (eid.x.v1.M) returns "
        "(stream eid.x.v1.M)"}},
  }));
  INFO(c.what);
  CHECK(Breaks(c.before, c.after) == c.breaks);
}

TEST_CASE("a change that nobody trips over is none") {
  const Case c = GENERATE(values<Case>({
      {"nothing", "message M { string a = 1; }", "message M { string a = 1; }", {}},
      {"new field", "message M { string a = 1; }", "message M { string a = 1; string b = 2; }", {}},
      {"new message", "", "message M {}", {}},
      {"new value", "enum E { Z = 0; }", "enum E { Z = 0; A = 1; }", {}},
      {"new rpc",
       "message M {} service S { rpc R(M) returns (M); }",
       "message M {} service S { rpc R(M) returns (M); rpc Q(M) returns (M); }",
       {}},
      {"other order",
       "message M { string a = 1; int32 b = 2; } message N {}",
       "message N {} message M { int32 b = 2; string a = 1; }",
       {}},
      {"more reserved",
       "message M { reserved 2 to 5; }",
       "message M { reserved 2 to 3, 4, 5 to 9; reserved \"a\"; }",
       {}},
  }));
  INFO(c.what);
  CHECK(Breaks(c.before, c.after).empty());
}

TEST_CASE("an extension's number is part of the contract") {
  const std::string holder = "message H {} ";
  FileDescriptorSet before = Parse(holder);
  auto& extension = *before.mutable_file(0)->add_extension();
  extension.set_name("e");
  extension.set_number(50101);
  extension.set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
  extension.set_type(google::protobuf::FieldDescriptorProto::TYPE_BOOL);
  extension.set_extendee(".eid.x.v1.H");
  before.mutable_file(0)->set_syntax("proto2");
  auto& range = *before.mutable_file(0)->mutable_message_type(0)->add_extension_range();
  range.set_start(50000);
  range.set_end(60000);
  FileDescriptorSet after = before;
  CHECK(testing::Value(BreakingChanges(before, after)).empty());
  after.mutable_file(0)->mutable_extension(0)->set_number(50102);
  CHECK(testing::Value(BreakingChanges(before, after)) ==
        std::vector<std::string>{"eid.x.v1.e: number was 50101, is 50102"});
  after.mutable_file(0)->clear_extension();
  CHECK(testing::Value(BreakingChanges(before, after)) ==
        std::vector<std::string>{"eid.x.v1.e: extension is gone"});
}

TEST_CASE("packages of others are not compared") {
  CHECK(
      testing::Value(BreakingChanges(Parse("message M {}", "google.rpc"), Parse("", "google.rpc")))
          .empty());
  CHECK(testing::Value(BreakingChanges(Parse("message M {}", "eider.v1"), Parse("", "eider.v1")))
            .empty());
}

TEST_CASE("a set that does not hold together is refused") {
  FileDescriptorSet broken = Parse("message M { N a = 1; }");
  CHECK(BreakingChanges(broken, Parse("")).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(BreakingChanges(Parse(""), broken).status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(ReadDescriptorSet("no such file").status().code() == absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace eid::contract
