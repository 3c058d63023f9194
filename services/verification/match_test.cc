// SPDX-License-Identifier: Apache-2.0
#include "services/verification/match.h"

#include <string>

#include "common/testing/catch.h"
#include "services/verification/testing/samples.h"

namespace eid::verification {
namespace {

struct Case {
  const char* declared;
  const char* registered;
  Match match;
};

TEST_CASE("names of persons: forms are one, diacritics are not dropped") {
  const Case c = GENERATE(values<Case>({
      {"Nguyễn Thị Mây Hồng", "Nguyễn Thị Mây Hồng", Match::kSame},
      {"NGUYỄN THỊ MÂY HỒNG", "Nguyễn Thị Mây Hồng", Match::kSame},
      {" Nguyễn  Thị Mây Hồng ", "Nguyễn Thị Mây Hồng", Match::kSame},
      {"Nguye\u0302\u0303n Thi\u0323 Ma\u0302y Ho\u0302\u0300ng", "Nguyễn Thị Mây Hồng",
       Match::kSame},
      {"Lý Thị Thúy Hòa", "Lý Thị Thuý Hoà", Match::kSame},
      {"\u00D0ặng Thị \u00D0á", "Đặng Thị Đá", Match::kSame},
      {"H\u2019Sen Bon Ê", "H'Sen Bon Ê", Match::kSame},
      {"Nguyen Thi May Hong", "Nguyễn Thị Mây Hồng", Match::kDiacriticsOnly},
      {"Hoàng Thị Lan", "Hoàng Thị Lân", Match::kDiacriticsOnly},
      {"Hoàng Thị Đá", "Hoàng Thị Da", Match::kDiacriticsOnly},
      {"Hoàng Thị Lan", "Hoàng Thị Lam", Match::kDifferent},
      {"Hoàng Thị Lan", "Thị Lan Hoàng", Match::kDifferent},
      {"Hoàng Thị Lan", "", Match::kNothingToCompare},
      {"Hoàng Thị Lan", "Hoàng Thị \xff", Match::kDifferent},
  }));
  CAPTURE(c.declared, c.registered);
  CHECK(MatchPersonName(c.declared, c.registered) == c.match);
}

TEST_CASE("names of organizations: legal forms may be abbreviated") {
  const Case c = GENERATE(values<Case>({
      {"Công ty trách nhiệm hữu hạn một thành viên Lúa Vàng", "CTY TNHH MTV Lúa Vàng",
       Match::kSame},
      {"Công ty cổ phần Thuyền Giấy", "CTCP THUYỀN GIẤY", Match::kSame},
      {"Công ty TNHH Hòa Thủy", "Công ty TNHH Hoà Thuỷ", Match::kSame},
      {"Hợp tác xã Gánh Rơm", "HTX Gánh Rơm", Match::kSame},
      {"Ủy ban nhân dân phường Sao Mai", "UBND Phường Sao Mai", Match::kSame},
      {"Công ty TNHH \"Sao Hôm\"", "Công ty TNHH Sao Hôm", Match::kSame},
      {"Công ty cổ phần Sao Hom", "CTCP Sao Hôm", Match::kDiacriticsOnly},
      {"Công ty TNHH Sao Hôm", "Công ty cổ phần Sao Hôm", Match::kDifferent},
      {"Công ty TNHH Sao Hôm Bắc", "Công ty TNHH Sao Hôm Nam", Match::kDifferent},
      {"Công ty TNHH Sao Hôm", "", Match::kNothingToCompare},
  }));
  CAPTURE(c.declared, c.registered);
  CHECK(MatchOrganizationName(c.declared, c.registered) == c.match);
}

TEST_CASE("streets and communes: ways of writing are one, kinds of units are not") {
  const Case street = GENERATE(values<Case>({
      {"Số 12 đường Ví Dụ", "12 Đường Ví Dụ", Match::kSame},
      {"Số 12, đường Ví Dụ", "số 12 đường  ví dụ.", Match::kSame},
      {"Số 12 đường Hoà Bình", "Số 12 đường Hòa Bình", Match::kSame},
      {"Số 12 đường Ví Du", "Số 12 đường Ví Dụ", Match::kDiacriticsOnly},
      {"Số 12 đường Ví Dụ", "Số 21 đường Ví Dụ", Match::kDifferent},
      {"Số 12 đường Ví Dụ", "Số 12A đường Ví Dụ", Match::kDifferent},
      {"Số 12 đường Ví Dụ", "", Match::kNothingToCompare},
  }));
  CAPTURE(street.declared, street.registered);
  CHECK(MatchStreet(street.declared, street.registered) == street.match);

  const Case commune = GENERATE(values<Case>({
      {"Phường Hoa Sen", "P. Hoa Sen", Match::kSame},
      {"phường hoa sen", "Hoa Sen", Match::kSame},
      {"Đặc khu Đảo Ngọc", "ĐK Đảo Ngọc", Match::kSame},
      {"Xã Suối Mơ", "X. Suối Mơ", Match::kSame},
      {"Xã Hoa Sen", "Phường Hoa Sen", Match::kDifferent},
      {"Phường Hoa Sen", "Phường Hoa Sên", Match::kDiacriticsOnly},
      {"Phường Hoa Sen", "Phường Sao Mai", Match::kDifferent},
      {"Phường Hoa Sen", "", Match::kNothingToCompare},
  }));
  CAPTURE(commune.declared, commune.registered);
  CHECK(MatchCommune(commune.declared, commune.registered) == commune.match);
}

TEST_CASE("phones, codes and references") {
  CHECK(MatchPhone("0912345678", "+84912345678") == Match::kSame);
  CHECK(MatchPhone("0912345678", "0912345679") == Match::kDifferent);
  CHECK(MatchPhone("0912345678", "no number") == Match::kDifferent);
  CHECK(MatchPhone("0912345678", "") == Match::kNothingToCompare);
  CHECK(MatchCode("0100109106", " 0100109106 ") == Match::kSame);
  CHECK(MatchCode("0100109106", "0100233488") == Match::kDifferent);
  CHECK(MatchCode("0100109106", "") == Match::kNothingToCompare);
  CHECK(MatchReference("27/qđ-ubnd", "27/QĐ-UBND") == Match::kSame);
  CHECK(MatchReference("27/QĐ-UBND", "28/QĐ-UBND") == Match::kDifferent);
}

TEST_CASE("dates: what a registry does not know is not held against anybody") {
  using testing::Date;
  CHECK(MatchDate(Date(1990, 1, 2), Date(1990, 1, 2)) == Match::kSame);
  CHECK(MatchDate(Date(1990, 1, 2), Date(1990, 2, 1)) == Match::kDifferent);
  CHECK(MatchDate(Date(1990, 1, 2), Date(1990, 1, 3)) == Match::kDifferent);
  CHECK(MatchDate(Date(1990, 1, 2), Date(1990, 0, 0)) == Match::kNothingToCompare);
  CHECK(MatchDate(Date(1990, 1, 2), Date(1991, 0, 0)) == Match::kDifferent);
  CHECK(MatchDate(Date(1990, 1, 2), Date(1990, 1, 0)) == Match::kNothingToCompare);
  CHECK(MatchDate(Date(1990, 1, 2), {}) == Match::kNothingToCompare);
}

TEST_CASE("what is shown of a person are the last three characters") {
  CHECK(Masked("001090123456") == "***456");
  CHECK(Masked("Nguyễn Thị Mây Hồng") == "***ồng");
  CHECK(Masked("Ngọc") == "***gọc");
  CHECK(Masked("abc") == "***");
  CHECK(Masked("").empty());
}

}  // namespace
}  // namespace eid::verification
