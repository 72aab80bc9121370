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
    const Crops crops = crops_of(source, deep);
    const std::string stem = "pictures/" + deep.name + "/" + row.case_id;
    run_.write(stem + ".crops.png", crops_png(source.image, source.region, crops));
    if (network.rebuild && !crops.images.empty()) {
      originals_.push_back(crops.images[crops.images.size() / 2]);
      rebuilt_.push_back(network.rebuild(crops)[crops.images.size() / 2]);
    }
    if (network.heat && deep.pictures.grad_cam)
      write_heat(run_, stem, {row.case_id, deep.name}, source, crops, network.heat(crops), shares_);
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
  StageRun& run_;
  const Set& set_;
  const Loaded& loaded_;
  std::vector<Share>& shares_;
  std::vector<SliceAttention>& attention_;
  std::vector<Patch> originals_, rebuilt_;
};

}  // namespace

std::vector<const CaseRow*> chosen_cases(const std::vector<std::string>& list, int count,
                                         const std::vector<const CaseRow*>& rows) {
  std::vector<const CaseRow*> some;
  for (const std::string& name : list) {
    const auto found = std::ranges::find(rows, name, &CaseRow::case_id);
    if (found == rows.end())
      throw InputError("list: '" + name + "' is none of the " + std::to_string(rows.size()) +
                       " cases that can be drawn (by case_id)");
    some.push_back(*found);
  }
  if (!list.empty()) return some;
  const std::size_t most = std::min(rows.size(), static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < most; ++i) some.push_back(rows[i * rows.size() / most]);
  return some;
}

void write_heat(StageRun& run, const std::string& stem, const Heeded& whose, const CropSource& source,
                const Crops& crops, const std::vector<Patch>& maps, std::vector<Share>& shares) {
  run.write(stem + ".grad_cam.png", heat_png(source.region, crops, maps));
  write_nifti(run.folder() / (stem + ".grad_cam.nii.gz"), back_in_image(maps, crops.places, source.image.grid));
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const Share share = share_inside(maps[i], crops.places[i], source.region);
    shares.push_back({whose.case_id, whose.set, i, share.inside, share.region});
  }
}

void draw_pictures(StageRun& run, const std::vector<Set>& sets, const std::vector<Loaded>& loaded,
                   const std::vector<const CaseRow*>& rows) {
  std::error_code ignored;
  std::filesystem::remove_all(run.folder() / "pictures", ignored);  // of cases that are no longer asked for
  std::vector<Share> shares;
  std::vector<SliceAttention> attention;
  for (std::size_t s = 0; s < sets.size(); ++s) {
    const PicturesParams& pictures = sets[s].params->pictures;
    const auto cases = with_context("deep set " + sets[s].params->name + ", pictures",
                                    [&] { return chosen_cases(pictures.list, pictures.cases, rows); });
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
