"""scikit-learn's SVC as a model of Plumbline: see README.md beside this file."""
import json, pathlib, sys
import numpy as np
from sklearn.svm import SVC

folder = pathlib.Path(sys.argv[-1])
job = json.loads((folder / "job.json").read_text())
x, y, asked = (np.load(folder / f"{name}.npy") for name in ["train_x", "train_y", "predict_x"])
flat = lambda x: x.reshape(len(x), -1) / (255 if x.dtype == np.uint8 else 1)

print("plumbline: fit begins")
model = SVC(**job["parameters"]).fit(flat(x), y)
print("plumbline: fit ends")
print("plumbline: predict begins")
predictions = model.predict(flat(asked))
print("plumbline: predict ends")
np.save(folder / "predictions.npy", predictions)
