// psi of theta in the csv file id,theta, or with a third argument all columns that asoftmax gives, as more cells a line: what from_chars and
// to_chars can do on one thread.
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

int main(int count, char **names) {
  const bool all = count > 3;
  const char *added = all ? ",m,k,psi,dpsi_dtheta,dpsi_dcos,cos_m_theta,cos_theta" : ",psi";
  FILE *input = fopen(names[1], "rb"), *output = fopen(names[2], "wb");
  fseek(input, 0, SEEK_END);
  std::vector<char> text(ftell(input)), rows(1 << 20);
  rewind(input);
  if (fread(text.data(), 1, text.size(), input) != text.size()) return 1;
  char *to = rows.data();
  const auto cell = [&to](double x) {
    *to++ = ',';
    to = std::to_chars(to, to + 32, x).ptr;
  };
  const char *line = text.data(), *stop = line + text.size();
  for (bool header = true; line < stop; header = false) {
    const char *end = static_cast<const char *>(memchr(line, '\n', stop - line));
    memcpy(to, line, end - line);
    to += end - line;
    if (header) to = static_cast<char *>(memcpy(to, added, strlen(added))) + strlen(added);
    else {
      double theta = 0;
      std::from_chars(static_cast<const char *>(memchr(line, ',', end - line)) + 1, end, theta);
      const double k = std::floor(4 * theta / M_PI), cosine = std::cos(4 * theta);
      const double psi = (std::fmod(k, 2) == 0 ? 1 : -1) * cosine - 2 * k;
      if (!all) cell(psi);
      else {
        const double slope = 4 * std::abs(std::sin(4 * theta));
        for (double x : {4.0, k, psi, -slope, slope / std::sin(theta), cosine, std::cos(theta)}) cell(x);
      }
    }
    *to++ = '\n';
    line = end + 1;
    if (to - rows.data() > (1 << 20) - 4096 || line >= stop) {
      fwrite(rows.data(), 1, to - rows.data(), output);
      to = rows.data();
    }
  }
  return fclose(output);
}
