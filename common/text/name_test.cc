// SPDX-License-Identifier: Apache-2.0
#include "common/text/name.h"

#include <string>

#include "common/testing/catch.h"
#include "common/text/utf8.h"

namespace eid::text {
namespace {

struct Pair {
  const char* a;
  const char* b;
};

TEST_CASE("the stored form is composed and trimmed, and keeps spelling and case") {
  CHECK(NormaliseName("  Nguyễn\t Văn\u00A0\u3000An \n") == "Nguyễn Văn An");
  CHECK(NormaliseName("Nguye\u0302\u0303n Va\u0306n Hoa\u0300") == "Nguyễn Văn Hoà");
  CHECK(NormaliseName("TRẦN THỊ UÝ") == "TRẦN THỊ UÝ");
  CHECK(NormaliseName(" \t ") == "");
  CHECK(NormaliseName("a\xFF b") == "a\xFF b");
}

TEST_CASE("two writings of one name are the same name") {
  const Pair same[] = {
      {"Nguyễn Văn An", "Nguyễn Văn An"},
      {"NGUYỄN VĂN AN", "nguyễn văn an"},
      {"  Nguyễn  Văn An ", "Nguyễn Văn An"},
      {"Nguyễn\u00A0Văn An", "Nguyễn Văn An"},
      {"Nguye\u0302\u0303n Va\u0306n An", "Nguyễn Văn An"},
      {"Lê Thị Hòa", "Lê Thị Hoà"},
      {"LÊ THỊ HÒA", "Lê Thị Hoà"},
      {"Trần Thuý Nga", "Trần Thúy Nga"},
      {"Phạm Thị Thuỷ", "PHẠM THỊ THỦY"},
      {"Khánh Hoà", "Khánh Hòa"},
      {"Thanh Hóa", "Thanh Hoá"},
      {"Hoàng Thị Tóan", "Hoàng Thị Toán"},
      {"Nguyễn Thị Qúy", "Nguyễn Thị Quý"},
      {"Lê Khoẻ", "Lê Khỏe"},
      {"Đỗ Uý", "ĐỖ ÚY"},
      {"Đặng Văn Đức", "đặng văn đức"},
      {"\u00D0ặng Văn \u00D0ức", "Đặng Văn Đức"},
      {"\u0189oàn Minh", "Đoàn Minh"},
      {"H'Hen Niê", "H’Hen Niê"},
      {"Y-Bưm Êban", "y-bưm êban"},
      {"Hùynh Văn Lựơng", "Huỳnh Văn Lượng"},
      {"Gíao", "Giáo"},
      {"O\u0323\u031B", "Ợ"},
      {"JOSÉ DA SILVA", "José da Silva"},
      {"Nguyễn Thị Thúy Hoà", "NGUYỄN THỊ THUÝ HÒA"},
  };
  for (const Pair& names : same) {
    CAPTURE(names.a, names.b);
    CHECK(SameName(names.a, names.b));
    CHECK(SameName(names.b, names.a));
    CHECK(SameNameIgnoringDiacritics(names.a, names.b));
    CHECK(NameKey(NameKey(names.a)) == NameKey(names.a));
  }
}

TEST_CASE("names that differ in a diacritic are different names, and the reason can be told") {
  const Pair different[] = {
      {"Hoàng Thị Lan", "Hoàng Thị Lân"},
      {"Nguyễn Văn An", "Nguyen Van An"},
      {"Trần Thị Hoa", "Trần Thị Hoà"},
      {"Lê Hoà", "Lê Hoá"},
      {"Lê Thúy", "Lê Thùy"},
      {"Đỗ Văn Dũng", "Đỗ Văn Đũng"},
      {"Dương Đức", "Đương Đức"},
      {"Phạm Tuấn", "Phạm Tuân"},
      {"Vũ Thị Thơ", "Vũ Thị Thọ"},
      {"Ngô Tú", "Ngô Từ"},
      {"Mai Cường", "Mai Cương"},
      {"Lý Hằng", "Lý Hạng"},
      {"Bùi Thị Mận", "Bùi Thị Mẫn"},
      {"Hồ Sơn", "Hồ Són"},
      {"Cao Quế", "Cao Que"},
      {"Võ Thị Gịa", "Võ Thị Giạ"},
  };
  for (const Pair& names : different) {
    CAPTURE(names.a, names.b);
    CHECK_FALSE(SameName(names.a, names.b));
    CHECK(SameNameIgnoringDiacritics(names.a, names.b));
  }
}

TEST_CASE("names that differ otherwise are different in every way") {
  const Pair different[] = {
      {"Nguyễn Văn An", "Nguyễn Văn Anh"},
      {"Nguyễn Văn An", "Nguyễn An"},
      {"Nguyễn Văn An", "An Nguyễn Văn"},
      {"Lê Quí", "Lê Quý"},
      {"Lý Mỹ", "Lý Mĩ"},
      {"Trần Thị Thuỷ", "Trần Thị Thuỷ B"},
      {"Nguyễn VănAn", "Nguyễn Văn An"},
      {"Phan Thanh Hoàn", "Phan Thanh Hoa"},
      {"\u0391n", "An"},
      {"Nguy\u0435n", "Nguyen"},
      {"An\u200B", "An"},
  };
  for (const Pair& names : different) {
    CAPTURE(names.a, names.b);
    CHECK_FALSE(SameName(names.a, names.b));
    CHECK_FALSE(SameNameIgnoringDiacritics(names.a, names.b));
  }
}

TEST_CASE("an empty or a broken name is nobody's name") {
  CHECK_FALSE(SameName("", ""));
  CHECK_FALSE(SameName(" ", "\t"));
  CHECK_FALSE(SameName("An\xFF", "An\xFF"));
  CHECK_FALSE(SameNameIgnoringDiacritics("", ""));
  CHECK_FALSE(SameNameIgnoringDiacritics("\xC3", "\xC3"));
}

}  // namespace
}  // namespace eid::text
