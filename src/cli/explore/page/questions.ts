/** The questions of docs/tour.md, in short; each shows states of the page, written as in its address. */
export const questions: readonly {
  readonly title: string;
  readonly parts: readonly (readonly [text: string, show: string])[];
}[] = [
  {
    title: "Why does cos(m theta) fail?",
    parts: [
      [
        "The naive condition, cos(m theta_y) > cos(theta_j), can hold where the angular one, m theta_y < theta_j, does not. At theta_y = 1.2 against theta_j = 1.5 it does: beyond pi/4 cos(4 theta) repeats its values.",
        "m=4&lambda=0&theta=1.2&competing=1.5&scale=1&functions=asoftmax,naive",
      ],
      [
        "At 2 pi/m it is 1 again, as at 0: there the naive condition holds against nearly every theta_j, the angular one against none.",
        "m=4&lambda=0&theta=1.5707963267948966&competing=0.5&scale=1&functions=asoftmax,naive",
      ],
    ],
  },
  {
    title: "What does psi do?",
    parts: [
      [
        "psi is cos(m theta) up to pi/m and goes on falling beyond. So psi(theta_y) > cos(theta_j) exactly where m theta_y < theta_j. Here all three hold: 4 * 0.3 is below 1.5.",
        "m=4&lambda=0&theta=0.3&competing=1.5&scale=1&functions=asoftmax,naive",
      ],
      [
        "cos(4 theta) has a false minimum of the loss at pi/2: a descent stops there though the angular condition does not hold. psi, from just below, goes on to the goal.",
        "m=4&lambda=0&theta=1.5&competing=1.5&scale=1&functions=asoftmax,naive",
      ],
    ],
  },
  {
    title: "What does lambda do?",
    parts: [
      [
        "The slope of psi is 0 at each knot k pi/m. A descent from 2 in small steps is held at the knot pi/2: it never passes. With lambda = 5, cos(theta) is blended in, the slope there is not 0, and the same descent reaches the goal.",
        "m=4&lambda=5&theta=2&competing=1.5&scale=1&functions=asoftmax,naive,asoftmax:m=4",
      ],
      [
        "The price is margin: with lambda = 5 the target is above cos(theta_j) here, but 4 * 0.5 is not below 1.5. In the plane the line of psi with lambda lies below that of psi.",
        "m=4&lambda=5&theta=0.5&competing=1.5&scale=1&functions=asoftmax,asoftmax:m=4,softmax",
      ],
    ],
  },
  {
    title: "Which claims are true?",
    parts: [
      [
        "A public note says that the best theta_y lies in [pi/m, pi]. That is false: from pi/m on psi is at most -1, so it exceeds cos(theta_j) for no theta_j. The best lies in [0, pi/m]; the line of psi ends at pi/m.",
        "m=4&lambda=0&theta=0.7853981633974483&competing=3.141592653589793&scale=1&functions=asoftmax",
      ],
      [
        "For integer m naive holds on half of all pairs of angles, angular and psi on 1/(2m) of them: with m = 8 on the narrow strip.",
        "m=8&lambda=0&theta=0.15&competing=1.5&scale=1&functions=asoftmax,naive",
      ],
    ],
  },
  {
    title: "Is my implementation right?",
    parts: [
      [
        "Compare your value and slope with those shown here. Programs of ArcFace differ beyond pi - m: one goes on, one bends, one jumps up, and there a larger angle is rewarded.",
        "m=4&lambda=0&theta=2.8&competing=1.5&scale=1&functions=arcface,arcface-hard,arcface-plain",
      ],
    ],
  },
  {
    title: "What margin did my model reach?",
    parts: [
      [
        "A sample with theta_y = 0.5 and its nearest other class at theta_j = 1.2 has the effective margin theta_j / theta_y = 2.4: it is right, keeps the margin for m = 2, and not for m = 4.",
        "m=2&lambda=0&theta=0.5&competing=1.2&scale=1&functions=asoftmax,softmax",
      ],
      [
        "Before training angles are near pi/2. There naive holds for m = 4 and says nothing of what was learned.",
        "m=4&lambda=0&theta=1.5707963267948966&competing=1.5&scale=1&functions=asoftmax,naive",
      ],
    ],
  },
];
