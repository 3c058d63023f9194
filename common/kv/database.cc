// SPDX-License-Identifier: Apache-2.0
#include "common/kv/database.h"

#include <future>
#include <utility>

#include "common/clock/clock.h"
#include "common/kv/committer.h"
#include "common/kv/engine.h"
#include "common/kv/feed_store.h"
#include "common/kv/high_water.h"
#include "common/kv/storage.pb.h"
#include "common/kv/store_head.h"
#include "common/kv/view.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "rocksdb/write_batch.h"

namespace eid::kv {
namespace {

absl::StatusOr<StoreHead> WriteHead(const Engine& engine, uint32_t schema_version) {
  StoreHead head = NewHead(schema_version);
  rocksdb::WriteBatch batch;
  rocksdb::Status status = batch.Put(kIdentityKey, head.identity.SerializeAsString());
  if (status.ok()) status = batch.Put(kSchemaKey, head.schema.SerializeAsString());
  if (status.ok()) status = batch.Put(kStateKey, head.state.SerializeAsString());
  rocksdb::WriteOptions durable;
  durable.sync = true;
  if (status.ok()) status = engine.db()->Write(durable, &batch);
  RETURN_IF_ERROR(FromRocks(status));
  return head;
}

absl::StatusOr<StoreHead> ReadOrWriteHead(const Engine& engine, uint32_t schema_version) {
  const SnapshotReader reader(engine);
  ASSIGN_OR_RETURN(const std::optional<std::string> identity,
                   reader.Get(Space::kMeta, kIdentityKey));
  // The three rows are written together: without this one, the store is new.
  if (!identity.has_value()) return WriteHead(engine, schema_version);
  return ReadHead(reader);
}

absl::Status Migrate(Database& database, const Migration& migration, uint32_t to_version) {
  std::string position;
  bool done = false;
  while (!done) {
    const absl::StatusOr<uint64_t> step = database.TransactAndWait([&](Txn& txn) -> absl::Status {
      ASSIGN_OR_RETURN(done, migration(txn, position));
      if (!done) return absl::OkStatus();
      SchemaRow schema;
      schema.set_version(to_version);
      txn.Put(Space::kMeta, kSchemaKey, schema.SerializeAsString());
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(step.status());
  }
  return absl::OkStatus();
}

}  // namespace

class Database::Core {
 public:
  Core(DatabaseOptions options, HighWaterMark mark, std::unique_ptr<Engine> engine, StoreHead head)
      : clock_(options.clock == nullptr ? Clock::Real() : *options.clock),
        request_id_ttl_(options.request_id_ttl),
        page_key_(head.identity.page_key()),
        mark_(std::move(mark)),
        engine_(std::move(engine)),
        feed_(*engine_),
        committer_(*engine_, options, clock_, std::move(head.state), feed_, mark_, heads_) {}

  ~Core() {
    committer_.Stop();
    absl::Status status = mark_.Note(committer_.durable_revision());
    status.Update(mark_.Sync());
    if (!status.ok()) LOG(WARNING) << "high-water mark: " << status.message();
  }

  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  const Clock& clock() const { return clock_; }
  absl::Duration request_id_ttl() const { return request_id_ttl_; }
  const std::string& page_key() const { return page_key_; }
  const Engine& engine() const { return *engine_; }
  FeedStore& feed() { return feed_; }
  HeadSet& heads() { return heads_; }
  Committer& committer() { return committer_; }

 private:
  const Clock& clock_;
  const absl::Duration request_id_ttl_;
  const std::string page_key_;
  HighWaterMark mark_;
  std::unique_ptr<Engine> engine_;
  FeedStore feed_;
  HeadSet heads_;
  Committer committer_;
};

absl::StatusOr<std::unique_ptr<Database>> Database::Open(DatabaseOptions options) {
  HighWaterMark mark(options.high_water_path, options.path, options.file_system);
  RETURN_IF_ERROR(Engine::RenewNames(options));
  RETURN_IF_ERROR(mark.Load(Engine::Exists(options)));
  RETURN_IF_ERROR(mark.CheckManifest());
  ASSIGN_OR_RETURN(std::unique_ptr<Engine> engine, Engine::Open(options));
  ASSIGN_OR_RETURN(StoreHead head, ReadOrWriteHead(*engine, options.schema_version));
  RETURN_IF_ERROR(mark.Check(head.identity.store_id(), head.state.revision()));
  RETURN_IF_ERROR(CheckVersions(head, options));
  if (auto place = engine->NewManifestPlace()) mark.SetManifest(*std::move(place));
  RETURN_IF_ERROR(mark.Start(head.state.revision()));

  const uint32_t target = options.schema_version;
  uint32_t version = head.schema.version();
  std::vector<Migration> migrations = std::move(options.migrations);
  std::unique_ptr<Database> database(new Database(std::make_unique<Core>(
      std::move(options), std::move(mark), std::move(engine), std::move(head))));
  for (; version < target; ++version) {
    LogEvent(Severity::kInfo, "store.migrate", {{"from", version}});
    RETURN_IF_ERROR(Migrate(*database, migrations[version - 1], version + 1));
  }
  return database;
}

Database::Database(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Database::~Database() = default;

std::unique_ptr<Reader> Database::Read() const {
  return std::make_unique<SnapshotReader>(core_->engine());
}

void Database::Transact(Body body, Done done, absl::Time deadline) {
  core_->committer().Submit(std::move(body), std::move(done), deadline);
}

absl::StatusOr<uint64_t> Database::TransactAndWait(Body body) {
  CHECK(!Committer::OnStoreThread()) << "waiting here would be for ever";
  std::promise<absl::StatusOr<uint64_t>> promise;
  Transact(std::move(body),
           [&](absl::StatusOr<uint64_t> revision) { promise.set_value(std::move(revision)); });
  return promise.get_future().get();
}

Feed& Database::feed() { return core_->feed(); }

HeadSet& Database::heads() { return core_->heads(); }

uint64_t Database::revision() const { return core_->committer().durable_revision(); }

const std::string& Database::page_key() const { return core_->page_key(); }

Statistics Database::statistics() const { return core_->committer().statistics(); }

const Clock& Database::clock() const { return core_->clock(); }

absl::Duration Database::request_id_ttl() const { return core_->request_id_ttl(); }

}  // namespace eid::kv
