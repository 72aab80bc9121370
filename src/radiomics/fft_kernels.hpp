// SPDX-License-Identifier: Apache-2.0
// The loops of fft.cpp, which includes them once for each kind of processor: `Vector` is as many doubles as it holds in
// a register. Every lane goes through the same operations in the same order whatever its width.

constexpr std::size_t kWide = sizeof(Vector) / sizeof(double);

struct Complex {
  Vector re, im;
};
inline Complex load(const Lanes& at, std::size_t l) {
  return {*reinterpret_cast<const Vector*>(at.re + l), *reinterpret_cast<const Vector*>(at.im + l)};
}
inline void store(const Complex& v, Lanes& at, std::size_t l) {
  *reinterpret_cast<Vector*>(at.re + l) = v.re;
  *reinterpret_cast<Vector*>(at.im + l) = v.im;
}
inline Complex operator+(const Complex& a, const Complex& b) {
  return {a.re + b.re, a.im + b.im};
}
inline Complex operator-(const Complex& a, const Complex& b) {
  return {a.re - b.re, a.im - b.im};
}
inline Complex operator*(double s, const Complex& a) {
  return {s * a.re, s * a.im};
}
inline Complex operator*(const Complex& a, const Root& w) {
  return {a.re * w.re - a.im * w.im, a.re * w.im + a.im * w.re};
}
/// a times -i
inline Complex turned(const Complex& a) {
  return {a.im, -a.re};
}

template <std::size_t R>
inline void butterfly(Complex (&x)[R]) {
  if constexpr (R == 2) {
    const Complex a = x[0];
    x[0] = a + x[1];
    x[1] = a - x[1];
  } else if constexpr (R == 3) {
    const Complex sum = x[1] + x[2], side = turned(0.86602540378443864676 * (x[1] - x[2])), a = x[0] - 0.5 * sum;
    x[0] = x[0] + sum;
    x[1] = a + side;
    x[2] = a - side;
  } else if constexpr (R == 4) {
    const Complex a = x[0] + x[2], b = x[0] - x[2], c = x[1] + x[3], d = turned(x[1] - x[3]);
    x[0] = a + c;
    x[1] = b + d;
    x[2] = a - c;
    x[3] = b - d;
  } else {
    constexpr double kC1 = 0.30901699437494742410, kC2 = -0.80901699437494742410;
    constexpr double kS1 = 0.95105651629515357212, kS2 = 0.58778525229247312917;
    const Complex a = x[1] + x[4], b = x[1] - x[4], c = x[2] + x[3], d = x[2] - x[3];
    const Complex first = x[0] + (kC1 * a + kC2 * c), second = x[0] + (kC2 * a + kC1 * c);
    const Complex side1 = turned(kS1 * b + kS2 * d), side2 = turned(kS2 * b - kS1 * d);
    x[0] = x[0] + (a + c);
    x[1] = first + side1;
    x[4] = first - side1;
    x[2] = second + side2;
    x[3] = second - side2;
  }
}

template <std::size_t R>
inline void stage_of(const FftStage& stage, const Lanes* from, Lanes* to) {
  const std::size_t s = stage.stride, across = s * stage.count;
  for (std::size_t p = 0; p < stage.count; ++p) {
    const Root* roots = stage.roots.data() + p * (R - 1);
    const Lanes* in = from + s * p;
    Lanes* out = to + s * R * p;
    for (std::size_t q = 0; q < s; ++q)
      for (std::size_t l = 0; l < kLanes; l += kWide) {
        Complex x[R];
        for (std::size_t k = 0; k < R; ++k) x[k] = load(in[q + across * k], l);
        butterfly<R>(x);
        store(x[0], out[q], l);
        for (std::size_t k = 1; k < R; ++k) store(x[k] * roots[k - 1], out[q + s * k], l);
      }
  }
}

/// A step of Stockham's transform, which leaves the frequencies in order.
void run_stage(const FftStage& stage, const Lanes* from, Lanes* to) {
  switch (stage.radix) {
    case 2:
      return stage_of<2>(stage, from, to);
    case 3:
      return stage_of<3>(stage, from, to);
    case 4:
      return stage_of<4>(stage, from, to);
    default:
      return stage_of<5>(stage, from, to);
  }
}

void turn(const Lanes* in, std::size_t step, const Root* roots, std::size_t n, Lanes* out) {
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t l = 0; l < kLanes; l += kWide) store(load(in[i * step], l) * roots[i], out[i], l);
}

void products(const Lanes* u, const Lanes* m, const Lanes* q, const RealLanes* weights, const std::uint32_t* at,
              std::size_t n, SpectralSums& sums) {
  for (std::size_t l = 0; l < kLanes; l += kWide) {
    Vector uu = *reinterpret_cast<Vector*>(sums.uu.re + l), mm = *reinterpret_cast<Vector*>(sums.mm.re + l);
    Vector qm = *reinterpret_cast<Vector*>(sums.qm.re + l);
    for (std::size_t i = 0; i < n; ++i) {
      const Vector w = *reinterpret_cast<const Vector*>(weights[at[i]].re + l);
      const Complex a = load(u[i], l), b = load(m[i], l), c = load(q[i], l);
      uu += w * (a.re * a.re + a.im * a.im);
      mm += w * (b.re * b.re + b.im * b.im);
      qm += w * (c.re * b.re + c.im * b.im);
    }
    *reinterpret_cast<Vector*>(sums.uu.re + l) = uu;
    *reinterpret_cast<Vector*>(sums.mm.re + l) = mm;
    *reinterpret_cast<Vector*>(sums.qm.re + l) = qm;
  }
}
