"""A network in PyTorch as a model of Plumbline: see README.md beside this file."""
import json, pathlib, sys
import numpy as np
import torch

folder = pathlib.Path(sys.argv[-1])
job = json.loads((folder / "job.json").read_text())
torch.manual_seed(job["seed"])
torch.set_num_threads(job["threads"])
load = lambda name: torch.from_numpy(np.load(folder / f"{name}.npy"))
flat = lambda x: x.reshape(len(x), -1).float() / (255 if x.dtype == torch.uint8 else 1)
x, y, asked = flat(load("train_x")), load("train_y"), flat(load("predict_x"))
hidden, epochs, rate = (job["parameters"][name] for name in ["hidden", "epochs", "learning_rate"])

net = torch.nn.Sequential(
    torch.nn.Linear(x.shape[1], hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, len(job["classes"]))
)
print(f"plumbline: parameters {sum(p.numel() for p in net.parameters())}")
step = torch.optim.SGD(net.parameters(), lr=rate)
print("plumbline: fit begins")
for epoch in range(epochs):
    for i in range(0, len(x), 100):
        step.zero_grad()
        torch.nn.functional.cross_entropy(net(x[i : i + 100]), y[i : i + 100]).backward()
        step.step()
    print(f"plumbline: epoch {epoch + 1} of {epochs}")
print("plumbline: fit ends")
with torch.no_grad():
    np.save(folder / "probabilities.npy", net(asked).softmax(1).double().numpy())
