"""Checks a manifest of Kubernetes against the schema of its version, strictly: check_manifest.py VERSION FILE."""

import json
import sys

import kubernetes_validate

version, path = sys.argv[1:]
with open(path) as file:
    manifest = json.load(file)
kubernetes_validate.validate(manifest, version, strict=True)
# What is no field of a Job must not pass.
manifest["spec"]["completionsMode"] = "Indexed"
try:
    kubernetes_validate.validate(manifest, version, strict=True)
except kubernetes_validate.ValidationError:
    sys.exit(0)
sys.exit("a field that does not exist passed")
