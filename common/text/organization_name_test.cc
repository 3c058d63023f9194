// SPDX-License-Identifier: Apache-2.0
#include "common/text/organization_name.h"

#include <string>
#include <vector>

#include "common/testing/catch.h"

namespace eid::text {
namespace {

struct Pair {
  const char* a;
  const char* b;
};

TEST_CASE("two writings of one organization's name are the same name") {
  const Pair same[] = {
      {"Công ty TNHH Sao Mai", "CÔNG TY TRÁCH NHIỆM HỮU HẠN SAO MAI"},
      {"Công ty TNHH MTV Sao Mai", "Công ty trách nhiệm hữu hạn một thành viên Sao Mai"},
      {"CTY TNHH MTV SAO MAI", "công ty TNHH một thành viên Sao Mai"},
      {"Công ty TNHH 1TV Sao Mai", "Công ty TNHH một thành viên Sao Mai"},
      {"Công ty TNHH 1 thành viên Sao Mai", "Công ty TNHH MTV Sao Mai"},
      {"Công ty TNHH 2 thành viên trở lên An Phú", "Công ty TNHH hai thành viên trở lên An Phú"},
      {"Công ty T.N.H.H Sao Mai", "Công ty TNHH Sao Mai"},
      {"Cty.TNHH Sao Mai", "Công ty TNHH Sao Mai"},
      {"C.ty TNHH Sao Mai", "Công ty TNHH Sao Mai"},
      {"CT TNHH Sao Mai", "Công ty TNHH Sao Mai"},
      {"Công ty CP Sữa Việt Nam", "Công ty cổ phần Sữa Việt Nam"},
      {"CTCP Sữa Việt Nam", "CÔNG TY CỔ PHẦN SỮA VIỆT NAM"},
      {"Cty CP Hoà Phát", "Công ty Cổ phần Hòa Phát"},
      {"Tổng Cty CP Bia", "Tổng công ty cổ phần Bia"},
      {"TCTY Lương thực", "Tổng công ty Lương thực"},
      {"Công ty HD Luật Bình An", "Công ty hợp danh Luật Bình An"},
      {"HTX Nông nghiệp Thuỷ Xuân", "Hợp tác xã nông nghiệp Thủy Xuân"},
      {"Liên hiệp HTX Xuân Lộc", "Liên hiệp hợp tác xã Xuân Lộc"},
      {"DNTN Kim Oanh", "Doanh nghiệp tư nhân Kim Oanh"},
      {"DN tư nhân Kim Oanh", "DNTN Kim Oanh"},
      {"HKD Bảy Hạnh", "Hộ kinh doanh Bảy Hạnh"},
      {"UBND xã Đông Sơn", "Uỷ ban nhân dân xã Đông Sơn"},
      {"HĐND TP. Hồ Chí Minh", "Hội đồng nhân dân thành phố Hồ Chí Minh"},
      {"UBND TP.HCM", "Ủy ban nhân dân Thành phố Hồ Chí Minh"},
      {"Trường THPT Lê Lợi", "Trường Trung học phổ thông Lê Lợi"},
      {"Ngân hàng TMCP Á Đông", "Ngân hàng Thương mại cổ phần Á Đông"},
      {"NH TMCP Á Đông", "Ngân hàng thương mại cổ phần Á Đông"},
      {"VPĐD Công ty TNHH Sao Mai", "Văn phòng đại diện Công ty TNHH Sao Mai"},
      {"CN Cty CP Sao Mai", "Chi nhánh Công ty cổ phần Sao Mai"},
      {"Chi nhánh Công ty CP Sao Mai - Hà Nội", "Chi nhánh Công ty cổ phần Sao Mai Hà Nội"},
      {"Công ty TNHH \"Sao Mai\"", "Công ty TNHH Sao Mai"},
      {"Công ty TNHH “Sao Mai”", "Công ty TNHH 'Sao Mai'"},
      {"Công ty TNHH A & B", "Công ty TNHH A và B"},
      {"Công ty TNHH A&B", "Công ty TNHH A và B"},
      {"Công ty TNHH Sao Mai (Việt Nam)", "Công ty TNHH Sao Mai Việt Nam"},
      {"Công ty TNHH Sao-Mai", "Công ty TNHH Sao Mai"},
      {"Công ty TNHH Sao Mai.", "Công ty TNHH Sao Mai"},
      {"Công ty TNHH L'Étoile", "Công ty TNHH L’étoile"},
      {"Công ty TNHH A.B.C", "Công ty TNHH ABC"},
      {"Co\u0302ng ty TNHH Hoa\u0300 Bi\u0300nh", "Công ty TNHH Hòa Bình"},
  };
  for (const Pair& names : same) {
    CAPTURE(names.a, names.b, OrganizationNameKey(names.a).key, OrganizationNameKey(names.b).key);
    CHECK(SameOrganizationName(names.a, names.b));
    CHECK(SameOrganizationName(names.b, names.a));
  }
}

TEST_CASE("different organizations stay different") {
  const Pair different[] = {
      {"Công ty TNHH Sao Mai", "Công ty cổ phần Sao Mai"},
      {"Công ty TNHH Sao Mai", "Công ty TNHH một thành viên Sao Mai"},
      {"Công ty TNHH Sao Mai", "Sao Mai"},
      {"Công ty TNHH Sao Mai", "Cong ty TNHH Sao Mai"},
      {"Công ty TNHH Sao Mai", "Công ty TNHH Sao Mài"},
      {"Công ty TNHH Sao Mai", "Công ty TNHH Sao Mai Xanh"},
      {"Công ty TNHH Hòa Phát", "Công ty TNHH Hóa Phát"},
      {"Công ty TNHH Hòa Phát", "Công ty TNHH Hoa Phát"},
      {"Công ty TNHH 3.2", "Công ty TNHH 32"},
      {"Công ty TNHH Chăn nuôi C.P.", "Công ty TNHH Chăn nuôi Cổ phần"},
      {"Công ty TNHH TM Sao Mai", "Công ty TNHH Thương mại Sao Mai"},
      {"Chi nhánh Công ty TNHH Sao Mai", "Công ty TNHH Sao Mai"},
      {"Văn phòng đại diện Công ty TNHH Sao Mai", "Chi nhánh Công ty TNHH Sao Mai"},
      {"HTX Đông Sơn 1", "HTX Đông Sơn 2"},
      {"UBND xã Đông Sơn", "UBND phường Đông Sơn"},
      {"Công ty TNHH A và B", "Công ty TNHH A B"},
      {"Công ty TNHH A B C", "Công ty TNHH ABC"},
      {"Trường THCS Lê Lợi", "Trường THPT Lê Lợi"},
      {"DNTN Đại Lợi", "DNTN Đài Lợi"},
      {"Công ty TNHH CT", "Công ty TNHH công ty"},
      {"Công ty TNHH Truyền hình MTV", "Công ty TNHH Truyền hình một thành viên"},
      {"", ""},
      {"\xFF", "\xFF"},
  };
  for (const Pair& names : different) {
    CAPTURE(names.a, names.b, OrganizationNameKey(names.a).key, OrganizationNameKey(names.b).key);
    CHECK_FALSE(SameOrganizationName(names.a, names.b));
  }
}

TEST_CASE("the key tells which abbreviations were written out") {
  const OrganizationKey key = OrganizationNameKey("Cty TNHH MTV Thuỷ Sản");
  CHECK(key.key == "công ty trách nhiệm hữu hạn một thành viên thủy sản");
  CHECK(key.rewrites == std::vector<std::string>{"cty -> công ty", "tnhh -> trách nhiệm hữu hạn",
                                                 "mtv -> một thành viên"});
  CHECK(OrganizationNameKey("Công ty cổ phần Sao Mai").rewrites.empty());
  CHECK(OrganizationNameKey("...").key.empty());
}

TEST_CASE("a key is its own key") {
  for (const char* name : {"CN Cty CP Sao Mai", "UBND TP.HCM", "Công ty TNHH 1 thành viên A & B",
                           "HTX Thuỷ Xuân", "A.\u0301"}) {
    const std::string key = OrganizationNameKey(name).key;
    CAPTURE(key);
    CHECK(OrganizationNameKey(key).key == key);
    CHECK(OrganizationNameKey(key).rewrites.empty());
  }
}

}  // namespace
}  // namespace eid::text
