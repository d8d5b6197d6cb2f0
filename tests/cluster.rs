//! A comparison on a real Slurm: its controller, MUNGE and four nodes on this machine, started by the test.
//!
//! Needs Debian's packages slurm-wlm and munge, and root. Everything is below a directory of the test, and on
//! ports of the loopback interface that are not Slurm's own.

mod array;
mod run;

use array::{Array, assert_same_results, canonical};
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// The longest that anything is waited for.
const PATIENCE: Duration = Duration::from_mins(25);
const NODES: usize = 4;

/// 200 jobs: 198 fits of two models over folds, and two controls.
const FITS: [&str; 10] = [
    "--models",
    "softmax,nearest-centroid",
    "--cv",
    "9x11",
    "--train-limit",
    "400",
    "--threads",
    "1",
    "--set",
    "softmax.epochs=30",
];

/// A cluster, which ends with this value.
struct Slurm {
    directory: PathBuf,
    munge: Child,
    controller: Option<Child>,
    nodes: Vec<Option<Child>>,
}

impl Slurm {
    fn start(directory: &Path) -> Self {
        let at = |name: &str| directory.join(name).display().to_string();
        let key: Vec<u8> = (0..1024_u32).map(|i| (i * 167 + 13) as u8).collect();
        fs::write(at("munge.key"), key).unwrap();
        fs::set_permissions(at("munge.key"), fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(at("slurm.conf"), configuration(directory)).unwrap();
        fs::create_dir(at("state")).unwrap();
        let munge = Command::new("munged")
            .args(["--foreground", "--force"])
            .arg(format!("--socket={}", at("munge.socket")))
            .arg(format!("--key-file={}", at("munge.key")))
            .arg(format!("--pid-file={}", at("munge.pid")))
            .arg(format!("--log-file={}", at("munge.log")))
            .arg(format!("--seed-file={}", at("munge.seed")))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("munged is there: apt-get install slurm-wlm munge");
        until("munge", || directory.join("munge.socket").exists());
        let mut slurm = Self {
            directory: directory.to_owned(),
            munge,
            controller: None,
            nodes: (0..NODES).map(|_| None).collect(),
        };
        slurm.start_controller();
        for node in 0..NODES {
            slurm.start_node(node);
        }
        until("four idle nodes", || {
            slurm
                .call("sinfo", &["--noheader", "--Node", "--states=idle"])
                .lines()
                .count()
                == NODES
        });
        slurm
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("SLURM_CONF", self.directory.join("slurm.conf"));
        command.stderr(Stdio::null());
        command
    }

    fn call(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.command(program).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    fn start_controller(&mut self) {
        let controller = self
            .command("slurmctld")
            .arg("-D")
            .stdout(Stdio::null())
            .spawn();
        self.controller = Some(controller.unwrap());
    }

    fn start_node(&mut self, node: usize) {
        let spool = self.directory.join(format!("spool-n{}", node + 1));
        fs::create_dir_all(spool).unwrap();
        let mut command = self.command("slurmd");
        command
            .args(["-D", "-N", &format!("n{}", node + 1)])
            .stdout(Stdio::null());
        self.nodes[node] = Some(command.spawn().unwrap());
    }

    fn queued(&self) -> Vec<String> {
        let queue = self.call("squeue", &["--noheader", "--array", "--format=%A"]);
        queue.lines().map(|line| line.trim().to_owned()).collect()
    }

    fn running(&self) -> Vec<String> {
        let asked = ["--noheader", "--array", "--states=R", "--format=%A"];
        let queue = self.call("squeue", &asked);
        queue.lines().map(|line| line.trim().to_owned()).collect()
    }
}

impl Drop for Slurm {
    fn drop(&mut self) {
        self.call("scancel", &["--user=root"]);
        let nodes = self.nodes.iter_mut().flatten();
        for child in nodes.chain(&mut self.controller).chain([&mut self.munge]) {
            end(child);
        }
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// A cluster of four nodes on this machine.
fn configuration(directory: &Path) -> String {
    let at = directory.display();
    format!(
        "ClusterName=plumbline\n\
         SlurmctldHost=localhost(127.0.0.1)\n\
         SlurmctldPort=16817\n\
         SlurmUser=root\n\
         SlurmdUser=root\n\
         AuthType=auth/munge\n\
         AuthInfo=socket={at}/munge.socket\n\
         CryptoType=crypto/munge\n\
         StateSaveLocation={at}/state\n\
         SlurmdSpoolDir={at}/spool-%n\n\
         SlurmctldPidFile={at}/slurmctld.pid\n\
         SlurmdPidFile={at}/slurmd-%n.pid\n\
         SlurmctldLogFile={at}/slurmctld.log\n\
         SlurmdLogFile={at}/slurmd-%n.log\n\
         ProctrackType=proctrack/pgid\n\
         TaskPlugin=task/none\n\
         MpiDefault=none\n\
         SelectType=select/cons_tres\n\
         SelectTypeParameters=CR_CPU\n\
         SwitchType=switch/none\n\
         JobAcctGatherType=jobacct_gather/none\n\
         AccountingStorageType=accounting_storage/none\n\
         ReturnToService=2\n\
         SlurmdTimeout=10\n\
         SlurmctldTimeout=10\n\
         KillWait=2\n\
         MaxArraySize=50\n\
         NodeName=n[1-{NODES}] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[16901-{}] CPUs=1 RealMemory=1000\n\
         PartitionName=all Nodes=ALL Default=YES State=UP\n",
        16900 + NODES
    )
}

#[allow(clippy::disallowed_methods, reason = "it waits for other programs")]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// There is one cluster at a time: its ports are fixed.
static ALONE: Mutex<()> = Mutex::new(());

#[test]
#[ignore = "needs slurm-wlm, munge and root"]
fn a_comparison_on_slurm_is_waited_for_and_joined() {
    let _alone = ALONE.lock();
    let directory = tempfile::tempdir().unwrap();
    let few = [
        &FITS[..2],
        &["--cv", "3", "--train-limit", "400", "--threads", "1"],
    ]
    .concat();
    let [local, results] = ["local", "results"].map(|at| directory.path().join(at));
    run::compare(&local, &few).success();
    let cluster = directory.path().join("slurm");
    fs::create_dir(&cluster).unwrap();
    let slurm = Slurm::start(&cluster);
    let on_slurm = |arguments: &[&str]| {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("experiments"));
        command.env("SLURM_CONF", cluster.join("slurm.conf"));
        command
            .args(arguments)
            .args(["--on", "slurm", "--time", "10m"]);
        command.args(["--memory", "500", "--results"]).arg(&results);
        command
    };
    let mut compare = on_slurm(&[&["compare"], &few[..]].concat());
    let joined = assert_cmd::Command::from_std(compare).assert().success();
    joined.stdout(contains("arrays: ").and(contains("nearest-centroid")));
    assert!(results.join("mnist/jobs/plan.json").is_file());
    assert_eq!(canonical(&local, "mnist"), canonical(&results, "mnist"));

    // Ctrl-C takes what waits and what runs back.
    let long = [
        "--models",
        "softmax",
        "--cv",
        "10x6",
        "--threads",
        "1",
        "--set",
        "softmax.epochs=900",
    ];
    compare = on_slurm(&[&["compare"], &long[..]].concat());
    let mut called_off = compare.spawn().unwrap();
    until("a running task", || {
        assert!(
            called_off.try_wait().unwrap().is_none(),
            "it ended too early"
        );
        !slurm.running().is_empty()
    });
    let process = called_off.id().to_string();
    let sent = Command::new("kill").args(["-INT", &process]).status();
    assert!(sent.unwrap().success());
    assert_eq!(called_off.wait().unwrap().code(), Some(130));
    until("an empty queue", || slurm.queued().is_empty());

    // A search, too.
    let tune = ["tune", "--quick", "--models", "softmax", "--trials", "3"];
    let tune = on_slurm(&tune);
    let found = assert_cmd::Command::from_std(tune).assert().success();
    found.stdout(contains("on the test samples: compare --config"));
}

#[test]
#[ignore = "needs slurm-wlm, munge and root"]
fn nothing_is_lost_on_a_cluster_that_fails() {
    let _alone = ALONE.lock();
    let directory = tempfile::tempdir().unwrap();
    let local = directory.path().join("local");
    run::compare(&local, &FITS).success();

    let cluster = directory.path().join("slurm");
    fs::create_dir(&cluster).unwrap();
    let mut slurm = Slurm::start(&cluster);
    let disk = SmallDisk::mounted(&directory.path().join("jobs"));
    let array = Array::new(directory.path(), &FITS);
    submit(&slurm, &array);
    let jobs = fs::read_to_string(array.folder().join("jobs.jsonl")).unwrap();
    assert_eq!(jobs.lines().count(), 200);
    // 199 tasks in arrays of no more than 50: the controls are one together.
    assert_eq!(slurm.queued().len(), 199);

    let done = |count: usize| array.records().len() >= count;
    until("ten jobs", || done(10));
    // A task is put back into the queue while it runs, another is killed and never comes again.
    let mut running = Vec::new();
    until("two running tasks", || {
        running = slurm.running();
        running.len() > 1
    });
    slurm.call("scontrol", &["requeue", &running[0]]);
    slurm.call("scancel", &["--signal=KILL", "--full", &running[1]]);
    until("thirty jobs", || done(30));
    // A node dies, and comes back later.
    end(slurm.nodes[0].as_mut().unwrap());
    until("sixty jobs", || done(60));
    slurm.start_node(0);
    // The controller dies, and comes back.
    end(slurm.controller.as_mut().unwrap());
    std::thread::sleep(Duration::from_secs(2));
    slurm.start_controller();
    until("a hundred jobs", || done(100));
    // The disk is full for a moment: what was fitted waits until there is room.
    disk.fill();
    std::thread::sleep(Duration::from_secs(15));
    disk.clear();
    slurm.call(
        "scontrol",
        &["update", "nodename=n2", "state=drain", "reason=test"],
    );
    until("an empty queue", || {
        slurm.call("sinfo", &[]).contains("all") && slurm.queued().is_empty()
    });
    slurm.call("scontrol", &["update", "nodename=n2", "state=resume"]);

    // What was killed is missing, and handed out again.
    array.write(&FITS).success();
    let plan = fs::read_to_string(array.folder().join("jobs.jsonl")).unwrap();
    eprintln!("{} of 200 jobs were handed out again", plan.lines().count());
    if !plan.is_empty() {
        submit(&slurm, &array);
        until("an empty queue", || slurm.queued().is_empty());
    }
    array.merge().success();
    assert_same_results(&local, array.results(), "mnist");
}

/// A file system that is soon full, at a directory.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mounted(at: &Path) -> Self {
        fs::create_dir(at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=128m", "tmpfs"]);
        assert!(mount.arg(at).status().unwrap().success());
        Self(at.to_owned())
    }

    fn filling(&self) -> PathBuf {
        self.0.join("filling")
    }

    fn fill(&self) {
        let mut file = fs::File::create(self.filling()).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    fn clear(&self) {
        fs::remove_file(self.filling()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Tasks that end now have files open there.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

fn submit(slurm: &Slurm, array: &Array) {
    let mut command = assert_cmd::Command::cargo_bin("experiments").unwrap();
    let folder = array.folder().to_str().unwrap();
    command.env("SLURM_CONF", slurm.directory.join("slurm.conf"));
    let asked = [
        "submit", "slurm", folder, "--time", "10m", "--memory", "500",
    ];
    command.args(asked).assert().success();
}
