"""A classifier of scikit-learn as a model of Plumbline: see README.md beside this file."""
import importlib, inspect, json, pathlib, sys
import numpy as np

folder = pathlib.Path(sys.argv[-1])
job = json.loads((folder / "job.json").read_text())
x, y, asked = (np.load(folder / f"{name}.npy") for name in ["train_x", "train_y", "predict_x"])
flat = lambda x: x.reshape(len(x), -1) / np.float32(255 if x.dtype == np.uint8 else 1)

parameters = job["parameters"]
module, name = parameters.pop("estimator").rsplit(".", 1)  # such as sklearn.svm.SVC
estimator = getattr(importlib.import_module(module), name)
if "random_state" in inspect.signature(estimator).parameters:
    parameters["random_state"] = job["seed"]

print("plumbline: fit begins")
model = estimator(**parameters).fit(flat(x), y)
print("plumbline: fit ends")
print("plumbline: predict begins")
predictions = model.predict(flat(asked))
print("plumbline: predict ends")
np.save(folder / "predictions.npy", predictions)
if getattr(model, "predict_proba", None):
    np.save(folder / "probabilities.npy", np.ascontiguousarray(model.predict_proba(flat(asked))))
