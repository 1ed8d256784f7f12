"""What modules written in PyTorch give: tables of targets with their slopes by autograd, and of whole losses. Argument: a folder."""
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

folder = Path(sys.argv[1])
PI = math.pi


def arc(c, m):
    theta = torch.acos(c.clamp(-1 + torch.finfo(c.dtype).eps, 1 - torch.finfo(c.dtype).eps))
    return torch.cos(theta + m), theta


def tail(beyond):
    def target(c, m=0.5):
        value, theta = arc(c, m)
        return torch.where(theta < PI - m, value, beyond(c, theta, m))
    return target


def without_acos(c, m=0.5):
    return c * math.cos(m) - torch.sqrt((1 - c * c).clamp(min=0)) * math.sin(m)


def psi(c, m=4):
    theta = torch.acos(c.detach().double().clamp(-1, 1))
    k = torch.floor(m * theta / PI).to(c.dtype)
    return (1 - 2 * (k % 2)) * (8 * c**4 - 8 * c**2 + 1) - 2 * k


TARGETS = {
    "softmax": lambda c: c,
    "asoftmax:m=4": psi,
    "asoftmax:m=4:lambda=5": lambda c: (5 * c + psi(c)) / 6,
    "naive:m=4": lambda c: 8 * c**4 - 8 * c**2 + 1,
    "cosface:m=0.35": lambda c: c - 0.35,
    "arcface:m=0.5": lambda c: arc(c, 0.5)[0],
    "arcface-easy:m=0.5": lambda c: torch.where(c > 0, arc(c, 0.5)[0], c),
    "arcface-hard:m=0.5": tail(lambda c, t, m: c - m * math.sin(m)),
    "arcface-clip:m=0.5": lambda c: torch.cos((arc(c, 0.5)[1] + 0.5).clamp(max=PI)),
    "arcface-plain:m=0.5": tail(lambda c, t, m: c),
    "arcface-shift:m=0.5": tail(lambda c, t, m: c - 1 + math.cos(m)),
    "arcface-reflect:m=0.5": tail(lambda c, t, m: -2 - torch.cos(t + m)),
    "combined:m1=1:m2=0.3:m3=0.2": lambda c: arc(c, 0.3)[0] - 0.2,
}
DTYPES = {"float64": torch.float64, "float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}

for spec, target in TARGETS.items():
    for name, dtype in DTYPES.items():
        theta = torch.linspace(0.05, 3.09, 77, dtype=dtype).requires_grad_()
        value = target(torch.cos(theta))
        (slope,) = torch.autograd.grad(value.sum(), theta)
        rows = zip(theta.tolist(), value.tolist(), slope.tolist())
        text = "".join(f"{t!r},{v!r},{s!r}\n" for t, v, s in rows)
        (folder / f"{spec.replace(':', ' ')} {name}.csv").write_text(f"theta,value,slope\n{text}")

# Whole losses of 40 samples of 6 classes: right, and with one slip each.
torch.manual_seed(7)
x, w = torch.randn(40, 16, dtype=torch.float64), torch.randn(6, 16, dtype=torch.float64)
labels = torch.randint(0, 6, (40,))
x += 2 * w[labels]
cosine = F.normalize(x) @ F.normalize(w).T
theta = torch.acos(cosine)
hot = F.one_hot(labels, 6).bool()
margin = arc(cosine, 0.5)[0]
scale = 16


def loss(logits, **options):
    return F.cross_entropy(logits, labels, reduction="none", **options)


LOSSES = {
    "right": loss(scale * torch.where(hot, margin, cosine)),
    "right float32": loss((scale * torch.where(hot, margin, cosine)).float()),
    "every class": loss(scale * margin),
    "no margin": loss(scale * cosine),
    "no scale": loss(torch.where(hot, margin, cosine)),
    "label smoothing": loss(scale * torch.where(hot, margin, cosine), label_smoothing=0.1),
    "class vectors": loss(scale * torch.where(hot, margin, cosine) * w.norm(dim=1)),
    "mean over classes": loss(scale * torch.where(hot, margin, cosine)) / 6,
}
for name, losses in LOSSES.items():
    columns = ["label", *(f"theta_{i}" for i in range(6)), "loss"]
    rows = [[int(y), *t, v] for y, t, v in zip(labels, theta.tolist(), losses.tolist())]
    (folder / f"loss {name}.csv").write_text("\n".join(",".join(map(str, row)) for row in [columns, *rows]) + "\n")
