// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/core/items.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/kv/key.h"
#include "common/kv/mutation.h"
#include "common/status/macros.h"

namespace eid::bench {
namespace {

constexpr uint32_t kByOwner = 1;
constexpr uint32_t kByCode = 2;
constexpr uint32_t kTopic = 1;
constexpr char kAlphabet[] = "234567abcdefghijklmnopqrstuvwxyz";
constexpr size_t kIdCharacters = 26;
constexpr size_t kTimeCharacters = 9;
constexpr uint64_t kIdsInAMillisecond = 32;

// SplitMix64: every number once, in no order.
uint64_t Mix(uint64_t n) {
  n += 0x9e3779b97f4a7c15;
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
  n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
  return n ^ (n >> 31);
}

// The same in every run.
std::string RandomIdOf(uint64_t n) {
  uint64_t bits[] = {Mix(2 * n), Mix(2 * n + 1)};
  std::string id(kIdCharacters, ' ');
  for (size_t i = 0; i < kIdCharacters; ++i) {
    uint64_t& word = bits[i % 2];
    id[i] = kAlphabet[word & 31];
    word >>= 4;
  }
  return id;
}

// Bytes to cut bodies from, as incompressible as a dossier's text is not.
const std::string& Filling() {
  static const auto* const kFilling = [] {
    auto* const bytes = new std::string;
    for (uint64_t i = 0; bytes->size() < 64 * kBodyBytes; ++i)
      absl::StrAppend(bytes, RandomIdOf(~i));
    return bytes;
  }();
  return *kFilling;
}

absl::string_view BodyOf(uint64_t n) {
  const std::string& filling = Filling();
  return absl::string_view(filling).substr(n % (filling.size() - kBodyBytes), kBodyBytes);
}

}  // namespace

std::string IdOf(uint64_t n) {
  std::string id = RandomIdOf(n);
  // The time of a service's ids: some tens are drawn in a millisecond.
  uint64_t time = n / kIdsInAMillisecond;
  for (size_t i = kTimeCharacters; i-- > 0; time >>= 5) id[i] = kAlphabet[time & 31];
  return id;
}

Names NamesOf(uint64_t n) {
  return {.item_id = IdOf(n),
          .owner_id = RandomIdOf(n / 16),
          .code = absl::StrCat("C", absl::Hex(Mix(n), absl::kZeroPad16)),
          .request_id = RandomIdOf(n ^ 0x5555555555555555)};
}

v1::Item MakeItem(uint64_t n) { return std::move(*MakeCreateRequest(n).mutable_item()); }

v1::CreateItemRequest MakeCreateRequest(uint64_t n) {
  Names names = NamesOf(n);
  v1::CreateItemRequest request;
  request.set_request_id(std::move(names.request_id));
  v1::Item& item = *request.mutable_item();
  item.set_item_id(std::move(names.item_id));
  item.set_owner_id(std::move(names.owner_id));
  item.set_code(std::move(names.code));
  const absl::string_view body = BodyOf(n);
  item.set_body(body.data(), body.size());
  return request;
}

v1::PutRequest MakePutRequest(uint64_t n) {
  v1::PutRequest request;
  v1::Item item = MakeItem(n);
  item.SerializeToString(request.mutable_value());
  request.set_key(std::move(*item.mutable_item_id()));
  return request;
}

const kv::Table<v1::Item>& Items() {
  static const auto* const kTable = new kv::Table<v1::Item>({
      .number = 1,
      .name = "items",
      .key = [](const v1::Item& item) { return kv::KeyOf(item.item_id()); },
      .indexes = {{.number = kByOwner,
                   .name = "by_owner",
                   .key = [](const v1::Item& item) { return kv::KeyOf(item.owner_id()); }},
                  {.number = kByCode,
                   .name = "by_code",
                   .unique = true,
                   .key = [](const v1::Item& item) { return kv::KeyOf(item.code()); }}},
  });
  return *kTable;
}

void CreateItem(kv::Database& database, const v1::CreateItemRequest& request,
                std::function<void(absl::StatusOr<v1::CreateItemResponse>)> done) {
  kv::RequestKey key = {.scope = kv::KeyOf("public:127.0.0.1", "bench.v1/CreateItem"),
                        .request_id = request.request_id(),
                        .digest = kv::DigestOf(request)};
  kv::Mutate<v1::CreateItemResponse>(
      database, std::move(key),
      [item = request.item()](kv::Txn& txn) -> absl::StatusOr<v1::CreateItemResponse> {
        RETURN_IF_ERROR(Items().Insert(txn, item));
        txn.Announce(kTopic, item.item_id());
        v1::CreateItemResponse response;
        response.set_item_id(item.item_id());
        response.set_etag(absl::StrCat(txn.revision()));
        return response;
      },
      std::move(done));
}

void PutRow(kv::Database& database, const v1::PutRequest& request,
            std::function<void(absl::StatusOr<v1::PutResponse>)> done) {
  database.Transact(
      [request](kv::Txn& txn) {
        txn.Put(kv::Space::kRows, request.key(), request.value());
        return absl::OkStatus();
      },
      [done = std::move(done)](absl::StatusOr<uint64_t> revision) {
        if (!revision.ok()) return done(revision.status());
        v1::PutResponse response;
        response.set_revision(*revision);
        done(std::move(response));
      });
}

}  // namespace eid::bench
