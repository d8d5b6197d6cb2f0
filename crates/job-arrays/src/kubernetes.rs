//! A plan as an Indexed Job of Kubernetes.

use crate::error::ArrayError;
use crate::folder::Folder;
use crate::plan::Plan;
use crate::tasks::Tasks;
use records::write_file;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A volume that the folder, and data of the user's own, are on.
#[derive(Debug, Clone, Copy)]
pub struct Volume<'a> {
    /// Its persistent volume claim.
    pub claim: &'a str,
    /// Where it is, here and in the containers.
    pub mount: &'a Path,
}

/// The program in the image.
const PROGRAM: &str = "experiments";

/// Writes the manifest, which is JSON, and gives its path: `kubectl create --filename` takes it.
///
/// # Errors
/// If nothing is left to do, or the folder is not on the volume.
pub fn manifest(
    folder: &Folder,
    plan: &Plan,
    tasks: Tasks,
    image: &str,
    volume: Volume<'_>,
) -> Result<PathBuf, ArrayError> {
    if plan.count() == 0 {
        let path = folder.path().to_owned();
        return Err(ArrayError::NothingToDo { path });
    }
    let on_volume = |path: &PathBuf| path.starts_with(volume.mount);
    let elsewhere = [Some(&folder.path().to_owned()), plan.data_path()]
        .into_iter()
        .flatten()
        .find(|path| !on_volume(path))
        .cloned();
    if let Some(path) = elsewhere {
        let reason = format!(
            "it is not below {}, where containers find the volume",
            volume.mount.display()
        );
        return Err(ArrayError::file(&path, reason));
    }
    let path = folder.path().join("kubernetes.json");
    let text = serde_json::to_vec_pretty(&indexed_job(folder, plan, tasks, image, volume));
    write_file(
        &path,
        &text.map_err(|error| ArrayError::file(&path, error))?,
    )?;
    Ok(path)
}

fn indexed_job(
    folder: &Folder,
    plan: &Plan,
    tasks: Tasks,
    image: &str,
    volume: Volume<'_>,
) -> Value {
    let mut requests = json!({"cpu": plan.threads.to_string()});
    if let Some(megabytes) = tasks.megabytes(plan) {
        requests["memory"] = format!("{megabytes}M").into();
    }
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"generateName": "plumbline-"},
        "spec": {
            "completionMode": "Indexed",
            "completions": plan.count(),
            "parallelism": tasks.throttle.unwrap_or(u64::MAX).min(plan.count()),
            // A task that fails three times does not take the others with it.
            "backoffLimitPerIndex": 3,
            "template": {"spec": {
                "restartPolicy": "Never",
                "containers": [{
                    "name": "worker",
                    "image": image,
                    "command": [
                        PROGRAM,
                        "worker",
                        folder.path().to_string_lossy(),
                        "--offset",
                        plan.tasks.start.to_string(),
                    ],
                    "resources": {"requests": requests, "limits": requests},
                    "volumeMounts": [{"name": "folder", "mountPath": volume.mount.to_string_lossy()}],
                }],
                "volumes": [{
                    "name": "folder",
                    "persistentVolumeClaim": {"claimName": volume.claim},
                }],
            }},
        },
    })
}
