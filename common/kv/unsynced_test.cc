// SPDX-License-Identifier: Apache-2.0
// What testing/unsynced.h takes away, so that the runs that lose power mean what they say.
#include "common/kv/testing/unsynced.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "common/kv/testing/things.h"

namespace eid::kv::testing {
namespace {

namespace fs = std::filesystem;

// A disk with an empty folder, and files on it.
struct Bench {
  explicit Bench(uint64_t seed) : disk(seed, folder / "trash") {
    fs::create_directory(folder / "trash");
    fs::create_directory(folder / "volume");
  }
  std::string Path(const std::string& name) const { return folder / "volume/" + name; }
  Unsynced::FilePtr Make(const std::string& name, const std::string& content) {
    Unsynced::FilePtr file = disk.Create(Path(name));
    std::ofstream(Path(name), std::ios::binary);
    Append(*file, content);
    return file;
  }
  void Append(Unsynced::File& file, const std::string& content) {
    disk.Append(file, content.size());
    std::ofstream(file.path, std::ios::binary | std::ios::app) << content;
  }
  void SyncFolder() { disk.SyncFolder(folder / "volume/"); }
  std::string Read(const std::string& name) const {
    std::ifstream file(Path(name), std::ios::binary);
    if (!file) return "gone";
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  const TempFolder folder;
  Unsynced disk;
};

// What is read of the file after the power was lost, over many seeds.
template <class Work>
std::set<std::string> Left(const std::string& name, Work work) {
  std::set<std::string> left;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Bench bench(seed);
    work(bench);
    bench.disk.LosePower();
    left.insert(bench.Read(name));
  }
  return left;
}

using Set = std::set<std::string>;

TEST_CASE("bytes that are not synced go, or are torn anywhere; those that are stay") {
  CHECK(Left("a", [](Bench& bench) {
          const auto file = bench.Make("a", "ab");
          bench.disk.Sync(*file);
          bench.SyncFolder();
          bench.Append(*file, "cd");
        }) == Set{"ab", "abc", "abcd"});
}

TEST_CASE("a name that is not synced goes though its bytes are") {
  CHECK(Left("a", [](Bench& bench) { bench.disk.Sync(*bench.Make("a", "ab")); }) ==
        Set{"ab", "gone"});
}

TEST_CASE("a rename that is not synced leaves what was there before") {
  CHECK(Left("a", [](Bench& bench) {
          bench.disk.Sync(*bench.Make("a", "old"));
          bench.disk.Sync(*bench.Make("b", "new"));
          bench.SyncFolder();
          bench.disk.Rename(bench.Path("b"), bench.Path("a"));
        }) == Set{"old", "new"});
}

TEST_CASE("what was deleted may be there again until the folder is synced") {
  const auto made = [](Bench& bench) {
    bench.disk.Sync(*bench.Make("a", "ab"));
    bench.SyncFolder();
    bench.disk.Delete(bench.Path("a"));
  };
  CHECK(Left("a", made) == Set{"ab", "gone"});
  CHECK(Left("a", [&](Bench& bench) {
          made(bench);
          bench.SyncFolder();
        }) == Set{"gone"});
}

TEST_CASE("a folder goes with all that is in it") {
  CHECK(Left("inner/a", [](Bench& bench) {
          bench.disk.MakeFolder(bench.Path("inner"));
          fs::create_directory(bench.Path("inner"));
          bench.disk.Sync(*bench.Make("inner/a", "ab"));
          bench.disk.SyncFolder(bench.Path("inner"));
        }) == Set{"ab", "gone"});
}

TEST_CASE("a file written in place keeps what was synced, and any part of the rest") {
  const Set left = Left("a", [](Bench& bench) {
    std::ofstream(bench.Path("a"), std::ios::binary) << "....";
    const auto file = bench.disk.Open(bench.Path("a"));
    bench.disk.Write(*file, 1, "xy");
    std::ofstream(bench.Path("a"), std::ios::binary) << ".xy.";
  });
  CHECK(left == Set{"....", ".x..", "..y.", ".xy."});
}

TEST_CASE("what a failed sync was asked for may be lost or be there, after a later one too") {
  const auto fail = [](Bench& bench) {
    const auto file = bench.Make("a", "ab");
    bench.disk.Sync(*file);
    bench.SyncFolder();
    bench.Append(*file, "cd");
    bench.disk.FailSync(*file);
    return file;
  };
  CHECK(Left("a", fail) == Set{"ab", "abc", "abcd"});
  using namespace std::string_literals;
  CHECK(Left("a", [&](Bench& bench) { bench.disk.Sync(*fail(bench)); }) ==
        Set{"ab\0\0"s, "abc\0"s, "abcd"});
  // The later one covers what was written after the failed one.
  CHECK(Left("a", [&](Bench& bench) {
          const auto file = fail(bench);
          bench.Append(*file, "e");
          bench.disk.Sync(*file);
          bench.Append(*file, "f");
        }) == Set{"ab\0\0e"s, "abc\0e"s, "abcde", "ab\0\0ef"s, "abc\0ef"s, "abcdef"});
  CHECK(Left("a", [&](Bench& bench) {
          const auto file = fail(bench);
          bench.disk.FailSync(*file);
          bench.Append(*file, "e");
          bench.disk.FailSync(*file);
          bench.Append(*file, "f");
          bench.disk.Sync(*file);
        }) == Set{"ab\0\0\0f"s, "abc\0\0f"s, "abcd\0f"s, "ab\0\0ef"s, "abc\0ef"s, "abcdef"});
}

TEST_CASE(
    "a failed sync of a file written in place leaves its writes in doubt, and later ones not") {
  const auto left = [](bool synced_later) {
    return Left("a", [=](Bench& bench) {
      std::ofstream(bench.Path("a"), std::ios::binary) << "....";
      const auto file = bench.disk.Open(bench.Path("a"));
      bench.disk.Write(*file, 0, "x");
      bench.disk.Sync(*file);
      bench.disk.Write(*file, 1, "y");
      bench.disk.FailSync(*file);
      bench.disk.Write(*file, 2, "z");
      if (synced_later) bench.disk.Sync(*file);
      std::ofstream(bench.Path("a"), std::ios::binary) << "xyz.";
    });
  };
  CHECK(left(true) == Set{"x.z.", "xyz."});
  CHECK(left(false) == Set{"x...", "xy..", "x.z.", "xyz."});
}

TEST_CASE("what a failed sync of a folder was asked for is lost or there, after a later one too") {
  const auto made = [](Bench& bench, const std::string& name) {
    bench.disk.Sync(*bench.Make(name, name));
  };
  const auto left = [&](const std::string& name, bool synced_later) {
    return Left(name, [&](Bench& bench) {
      made(bench, "a");
      bench.SyncFolder();
      made(bench, "b");
      bench.disk.FailSyncFolder(bench.folder / "volume");
      made(bench, "c");
      if (synced_later) bench.SyncFolder();
    });
  };
  CHECK(left("a", true) == Set{"a"});
  CHECK(left("b", true) == Set{"b", "gone"});
  CHECK(left("c", true) == Set{"c"});
  CHECK(left("b", false) == Set{"b", "gone"});
  CHECK(left("c", false) == Set{"c", "gone"});
}

TEST_CASE("what was deleted or replaced may be there again after a sync of the folder failed") {
  const auto with = [](auto change) {
    return Left("a", [&](Bench& bench) {
      bench.disk.Sync(*bench.Make("a", "old"));
      bench.disk.Sync(*bench.Make("b", "new"));
      bench.SyncFolder();
      change(bench);
      bench.disk.FailSyncFolder(bench.folder / "volume");
      bench.SyncFolder();
    });
  };
  CHECK(with([](Bench& bench) { bench.disk.Delete(bench.Path("a")); }) == Set{"old", "gone"});
  CHECK(with([](Bench& bench) { bench.disk.Rename(bench.Path("b"), bench.Path("a")); }) ==
        Set{"old", "new"});
  CHECK(with([](Bench& bench) { bench.disk.Sync(*bench.Make("a", "new")); }) == Set{"old", "new"});
}

TEST_CASE("a later sync of the folder makes a name sure, whatever it stood for before") {
  const auto replaced = [](Bench& bench) {
    bench.disk.Sync(*bench.Make("a", "old"));
    bench.disk.FailSyncFolder(bench.folder / "volume");
    bench.disk.Sync(*bench.Make("b", "new"));
    bench.disk.Rename(bench.Path("b"), bench.Path("a"));
    bench.SyncFolder();
  };
  CHECK(Left("a", replaced) == Set{"new"});
  CHECK(Left("b", replaced) == Set{"gone"});
  // The file's first name may have been lost, its second is not.
  const auto renamed = [](Bench& bench) {
    bench.disk.Sync(*bench.Make("b", "new"));
    bench.disk.FailSyncFolder(bench.folder / "volume");
    bench.disk.Rename(bench.Path("b"), bench.Path("a"));
    bench.SyncFolder();
  };
  CHECK(Left("a", renamed) == Set{"new"});
  CHECK(Left("b", renamed) == Set{"gone"});
  // A rename that is lost leaves the first of three names, beside the last.
  const auto renamed_twice = [](Bench& bench) {
    bench.disk.Sync(*bench.Make("c", "new"));
    bench.SyncFolder();
    bench.disk.Rename(bench.Path("c"), bench.Path("b"));
    bench.disk.FailSyncFolder(bench.folder / "volume");
    bench.disk.Rename(bench.Path("b"), bench.Path("a"));
    bench.SyncFolder();
  };
  CHECK(Left("a", renamed_twice) == Set{"new"});
  CHECK(Left("b", renamed_twice) == Set{"gone"});
  CHECK(Left("c", renamed_twice) == Set{"new", "gone"});
}

TEST_CASE("the same seed loses the same") {
  const auto lose = [](uint64_t seed) {
    Bench bench(seed);
    const auto file = bench.Make("a", std::string(1000, 'a'));
    bench.SyncFolder();
    bench.disk.FailSync(*file);
    bench.Append(*file, std::string(1000, 'b'));
    bench.disk.Sync(*file);
    bench.Append(*file, std::string(1000, 'c'));
    bench.disk.LosePower();
    return bench.Read("a");
  };
  Set left;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    CHECK(lose(seed) == lose(seed));
    left.insert(lose(seed));
  }
  CHECK(left.size() > 10);
}

}  // namespace
}  // namespace eid::kv::testing
