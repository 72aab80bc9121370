// SPDX-License-Identifier: Apache-2.0
// Cases before the eyes of people.
#include "pictures.hpp"

#include <algorithm>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/imaging/write.hpp"
#include "seen.hpp"
#include "seen_pictures.hpp"

namespace radfuse::deep {
namespace {

// The named cases, or `count` of all, evenly.
std::vector<const CaseRow*> chosen(const PicturesParams& pictures, const std::vector<const CaseRow*>& rows) {
  std::vector<const CaseRow*> some;
  if (!pictures.list.empty()) {
    std::ranges::copy_if(rows, std::back_inserter(some), [&](const CaseRow* row) {
      return std::ranges::find(pictures.list, row->case_id) != pictures.list.end();
    });
    return some;
  }
  const std::size_t count = std::min(rows.size(), static_cast<std::size_t>(pictures.cases));
  for (std::size_t i = 0; i < count; ++i) some.push_back(rows[i * rows.size() / count]);
  return some;
}

// Draws the cases of one set.
class Drawing {
 public:
  Drawing(StageRun& run, const Set& set, const Loaded& loaded, std::vector<Share>& shares,
          std::vector<SliceAttention>& attention)
      : run_(run), set_(set), loaded_(loaded), shares_(shares), attention_(attention) {}

  void draw(const CaseRow& row) {
    const DeepParams& deep = *set_.params;
    const LoadedNetwork& network = loaded_.at(set_.tables.front().network_for(row));
    const CropSource source = source_of(run_, row, deep, set_.image);
    const Crops crops = crops_of(run_, row, deep, set_.image);
    const std::string stem = "pictures/" + deep.name + "/" + row.case_id;
    run_.write(stem + ".crops.png", crops_png(source.image, source.region, crops));
    if (network.rebuild && !crops.images.empty()) {
      originals_.push_back(crops.images[crops.images.size() / 2]);
      rebuilt_.push_back(network.rebuild(crops)[crops.images.size() / 2]);
    }
    if (network.heat && deep.pictures.grad_cam) draw_heat(row, stem, source, crops, network.heat(crops));
    if (network.attention) {
      const std::vector<float> shares = network.attention(crops);
      run_.write(stem + ".attention.png", attention_png(source.region, crops, shares));
      std::ranges::move(slice_attention(row.case_id, deep.name, crops, shares), std::back_inserter(attention_));
    }
    if (network.maps && !deep.pictures.maps_of.empty())
      run_.write(stem + ".maps.png",
                 feature_maps_png(network.maps(crops.images[crops.images.size() / 2], deep.pictures.maps_of)));
  }

  void finish() {
    if (!rebuilt_.empty())
      run_.write("pictures/" + set_.params->name + "/reconstructions.png", reconstructions_png(originals_, rebuilt_));
  }

 private:
  void draw_heat(const CaseRow& row, const std::string& stem, const CropSource& source, const Crops& crops,
                 const std::vector<Patch>& maps) {
    run_.write(stem + ".grad_cam.png", heat_png(source.region, crops, maps));
    write_nifti(run_.folder() / (stem + ".grad_cam.nii.gz"), back_in_image(maps, crops.places, source.image.grid));
    for (std::size_t i = 0; i < maps.size(); ++i) {
      Share share = share_inside(maps[i], crops.places[i], source.region);
      share.case_id = row.case_id;
      share.set = set_.params->name;
      share.image = i;
      shares_.push_back(std::move(share));
    }
  }

  StageRun& run_;
  const Set& set_;
  const Loaded& loaded_;
  std::vector<Share>& shares_;
  std::vector<SliceAttention>& attention_;
  std::vector<Patch> originals_, rebuilt_;
};

}  // namespace

void draw_pictures(StageRun& run, const std::vector<Set>& sets, const std::vector<Loaded>& loaded,
                   const std::vector<const CaseRow*>& rows) {
  std::error_code ignored;
  std::filesystem::remove_all(run.folder() / "pictures", ignored);  // of cases that are no longer asked for
  std::vector<Share> shares;
  std::vector<SliceAttention> attention;
  for (std::size_t s = 0; s < sets.size(); ++s) {
    const auto cases = chosen(sets[s].params->pictures, rows);
    Drawing drawing(run, sets[s], loaded[s], shares, attention);
    std::size_t done = 0;
    for (const CaseRow* row : cases) {
      throw_if_stopped();
      run.progress.at("pictures of " + sets[s].params->name, done++, cases.size());
      with_context("pictures of case " + row->case_id, [&] { drawing.draw(*row); });
    }
    drawing.finish();
  }
  run.write("seen.csv", seen_csv(shares));
  run.write("attention.csv", attention_csv(attention));
}

}  // namespace radfuse::deep
