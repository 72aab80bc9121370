// SPDX-License-Identifier: Apache-2.0
// Random changes of training images, each from the stream it is given.
#pragma once

#include "radfuse/base/rng.hpp"
#include "radfuse/volume/patch.hpp"

namespace radfuse::network {

/// Image and mask together: mirrored left-right (p 0.5); turned by up to 20 degrees, scaled by 0.8 to 1.25 and shifted
/// by up to 5 % (p 0.7). The image alone: brightness and contrast (p 0.5), gamma 0.7 to 1.5 (p 0.3), a 3 x 3 blur
/// (p 0.2), Gaussian noise of up to 0.05 (p 0.3); values stay in [0, 1]. Both keep their size; the edge is repeated.
void augment(Patch& image, Patch& mask, Rng& rng);
/// Without turning and blurring, for networks that learn to rebuild what they see: mirrored, brightness and contrast.
void augment_lightly(Patch& image, Rng& rng);
/// For networks that learn the outcome: mirrored, turned, scaled and shifted, brightness and contrast, as above. A
/// block's slices are changed alike.
void augment_alone(Patch& image, Rng& rng);

}  // namespace radfuse::network
