//! Which files of a crate need each other in a circle: read from their text, a name at a time. Types of values are not
//! known: a method is found by its name, where only one file of ours has a method of that name.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};

/// The names of a path, or of the modules that lead to a file. The root's is empty.
type Path = Vec<String>;

/// What the code of a file says.
#[derive(Default)]
struct Module {
    children: BTreeSet<String>,
    defined: BTreeSet<String>,
    /// Names that stand for a path, and the modules all of whose names stand here as well.
    named: BTreeMap<String, Path>,
    opened: Vec<Path>,
    /// Every path in the file's own code; of `pub use`, what is only passed on is none.
    paths: BTreeSet<Path>,
    /// Functions of the blocks `impl Type` and `trait Name`.
    methods: BTreeSet<String>,
    /// Traits that the file implements, each with a function that it writes for them.
    implemented: BTreeSet<(Path, String)>,
    /// Names that are called as `value.name(…)`.
    called: BTreeSet<String>,
}

/// Words, literals, `::` and single signs, groups between their brackets. Comments and lifetimes are none.
fn tokens(code: TokenStream) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut before = ' ';
    for tree in code {
        let sign = match &tree {
            TokenTree::Punct(sign) => sign.as_char(),
            _ => ' ',
        };
        match tree {
            TokenTree::Group(group) => {
                let [open, close] = match group.delimiter() {
                    Delimiter::Brace => ["{", "}"],
                    Delimiter::Parenthesis => ["(", ")"],
                    Delimiter::Bracket => ["[", "]"],
                    Delimiter::None => ["", ""],
                };
                tokens.push(open.to_owned());
                tokens.extend(self::tokens(group.stream()));
                tokens.push(close.to_owned());
            }
            TokenTree::Ident(_) if before == '\'' => {}
            TokenTree::Punct(_) if sign == '\'' => {}
            TokenTree::Punct(_) if [before, sign] == [':', ':'] => {
                tokens.pop();
                tokens.push("::".to_owned());
            }
            tree => tokens.push(tree.to_string()),
        }
        before = sign;
    }
    tokens
}

/// How many tokens the item has that they begin with: up to a semicolon or the end of its body.
fn item(tokens: &[&str]) -> usize {
    let mut depth = 0;
    let last = tokens.iter().position(|&token| {
        match token {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        depth == 0 && (token == ";" || token == "}")
    });
    last.map_or(tokens.len(), |last| last + 1)
}

fn without_tests<'a>(mut tokens: &[&'a str]) -> Vec<&'a str> {
    let mut kept = Vec::new();
    while let Some((first, rest)) = tokens.split_first() {
        tokens = match tokens.strip_prefix(&["#", "[", "cfg", "(", "test", ")", "]"]) {
            Some(tested) => &tested[item(tested)..],
            None => {
                kept.push(*first);
                rest
            }
        };
    }
    kept
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The path that the tokens begin with, if they do.
fn path(tokens: &[&str]) -> Path {
    let mut path = Path::new();
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first().filter(|(first, _)| is_word(first)) {
        path.push((*first).to_owned());
        rest = after.strip_prefix(&["::"]).unwrap_or_default();
    }
    path
}

/// The paths of a `use` declaration, each with the name that stands for it.
fn declared(tree: &[&str]) -> Vec<(String, Path)> {
    let Some(open) = tree.iter().position(|&token| token == "{") else {
        let mut words = tree.split(|&token| token == "as");
        let long = words.next().unwrap_or_default();
        let long = long.iter().filter(|&&word| word != "::");
        let mut path: Path = long.map(|&word| word.to_owned()).collect();
        path.pop_if(|last| last == "self");
        let name = words
            .next()
            .map_or(path.last().cloned(), |name| Some(name.concat()));
        return name.map(|name| (name, path)).into_iter().collect();
    };
    let mut depth = 0;
    let parts = tree[open + 1..tree.len() - 1].split(|&token| {
        match token {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0 && token == ","
    });
    let parts = parts.filter(|part| !part.is_empty());
    parts
        .flat_map(|part| declared(&[&tree[..open], part].concat()))
        .collect()
}

/// Whether an item may follow: `impl` stands for a type, too.
fn begins_item(before: &[&str]) -> bool {
    before
        .last()
        .is_none_or(|last| ["}", ";", "]", ")", "pub", "unsafe"].contains(last))
}

/// What follows `<…>` where the tokens begin with that.
fn after_generics<'a, 'b>(tokens: &'a [&'b str]) -> &'a [&'b str] {
    let mut depth = 0;
    let end = tokens.iter().enumerate().position(|(at, &token)| {
        match token {
            "<" => depth += 1,
            ">" if at > 0 && tokens[at - 1] != "-" => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    match (tokens.first(), end) {
        (Some(&"<"), Some(end)) => &tokens[end + 1..],
        _ => tokens,
    }
}

/// What the name of an item comes after.
const ITEMS: &str = "const enum fn mod static struct trait type union";

impl Module {
    fn read(text: &str) -> Self {
        let code = text.parse().expect("it compiles");
        let tokens = tokens(code);
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        let tokens = without_tests(&tokens);
        let mut module = Self::default();
        let (mut at, mut depth, mut inner_ends) = (0, 0, 0);
        while at < tokens.len() {
            let rest = &tokens[at..];
            if depth == 0 && ["impl", "trait"].contains(&rest[0]) && begins_item(&tokens[..at]) {
                module.has_methods(&rest[..item(rest)]);
            }
            let public = at > 0 && ["pub", ")"].contains(&tokens[at - 1]);
            let inner = at < inner_ends;
            at += match rest {
                ["use", first, ..] if *first != "<" => {
                    let length = rest
                        .iter()
                        .position(|&token| token == ";")
                        .unwrap_or(rest.len());
                    module.declare(&rest[1..length], public, inner);
                    length
                }
                ["mod", child, ";", ..] => {
                    module.children.insert((*child).to_owned());
                    3
                }
                [".", name, "(" | "::", ..] if is_word(name) => {
                    module.called.insert((*name).to_owned());
                    2
                }
                [".", ..] => 2,
                ["macro_rules", "!", name, ..] => {
                    module.defined.insert((*name).to_owned());
                    item(rest)
                }
                [kind, name, ..] if depth == 0 && ITEMS.split(' ').any(|item| item == *kind) => {
                    if *kind == "mod" {
                        inner_ends = at + item(rest);
                    }
                    module.defined.insert((*name).to_owned());
                    1
                }
                _ => {
                    let path = path(rest);
                    let length = path.len();
                    module.needs(path, inner);
                    (2 * length).saturating_sub(1).max(1)
                }
            };
            match rest[0] {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
        }
        module
    }

    /// The functions of a block `impl Type`, `impl Trait for Type` or `trait Name`.
    fn has_methods(&mut self, block: &[&str]) {
        let open = block.iter().position(|&token| token == "{");
        let (head, body) = block.split_at(open.unwrap_or(block.len()));
        let implemented = head.split(|&token| token == "for").next().filter(|name| {
            let is_bound = head[name.len()..].starts_with(&["for", "<"]);
            head[0] == "impl" && name.len() < head.len() && !is_bound
        });
        let implemented = implemented.map(|name| path(after_generics(&name[1..])));
        let mut depth = 0;
        for pair in body.windows(2) {
            match pair {
                ["{", _] => depth += 1,
                ["}", _] => depth -= 1,
                ["fn", name] if depth == 1 => {
                    let name = (*name).to_owned();
                    match &implemented {
                        Some(of) => drop(self.implemented.insert((of.clone(), name))),
                        None => drop(self.methods.insert(name)),
                    }
                }
                _ => {}
            }
        }
    }

    /// A path of the file's own code. The file is `super` for a module within it.
    fn needs(&mut self, mut path: Path, inner: bool) {
        if inner && path.first().is_some_and(|first| first == "super") {
            path.remove(0);
        }
        self.paths.insert(path);
    }

    fn declare(&mut self, tree: &[&str], public: bool, inner: bool) {
        for (name, mut path) in declared(tree) {
            let all = path.pop_if(|last| last == "*").is_some();
            if !public {
                self.needs(path.clone(), inner);
            }
            if all {
                self.opened.push(path);
            } else {
                self.named.entry(name).or_insert(path);
            }
        }
    }
}

/// Methods of the standard library and of libraries that ours have, too: such a name does not say whose it is.
const COMMON: &str = "\
    add all append apply as_ref as_slice build cast choose clear collect column columns \
    contains count default dot elapsed entry eq error exp fill find finish fold from \
    from_parts from_str get height id index is_empty iter join kill kind len lines lock log map max \
    mean message name new next of open or parse path position push read remove resize \
    row rows sample seed set shape slice sort split start status step stop sub sum take try_from \
    unwrap update value values width with_capacity write zeros zip";

/// The files of a crate, by the modules that lead to them, and the one file that has a method of a name.
struct Files {
    modules: BTreeMap<Path, Module>,
    methods: BTreeMap<String, Path>,
}

impl Files {
    /// `foreign` are methods that values of other crates have.
    fn new<'a>(
        sources: impl IntoIterator<Item = (&'a str, &'a str)>,
        foreign: &BTreeSet<String>,
    ) -> Self {
        let modules = sources.into_iter().map(|(file, text)| {
            let file = file.trim_end_matches("/mod");
            let names = file
                .split('/')
                .filter(|name| !["lib", "main"].contains(name));
            (names.map(str::to_owned).collect(), Module::read(text))
        });
        let mut files = Self {
            modules: modules.collect(),
            methods: BTreeMap::new(),
        };
        files.methods = files.methods_of_one_file(foreign);
        files
    }

    /// Methods that only one file has. A name that a type of another crate has too, or a trait of one
    /// that is implemented here, does not say which is called.
    fn methods_of_one_file(&self, foreign: &BTreeSet<String>) -> BTreeMap<String, Path> {
        let mut having = BTreeMap::<&String, BTreeSet<&Path>>::new();
        let mut others: BTreeSet<&str> = foreign.iter().map(String::as_str).collect();
        others.extend(COMMON.split_whitespace());
        for (file, module) in &self.modules {
            for name in &module.methods {
                having.entry(name).or_default().insert(file);
            }
            let of_others = module.implemented.iter();
            let of_others = of_others.filter(|(of, _)| self.definer(file, of, 16).is_none());
            others.extend(of_others.map(|(_, name)| name.as_str()));
        }
        let ours = having
            .into_iter()
            .filter(|(name, having)| having.len() == 1 && !others.contains(name.as_str()));
        ours.map(|(name, having)| (name.clone(), having.into_iter().next().unwrap().clone()))
            .collect()
    }

    /// The file that defines what the path names in this one. Modules, and what another crate has,
    /// no file defines.
    fn definer(&self, file: &[String], path: &[String], steps: usize) -> Option<Path> {
        let steps = steps.checked_sub(1).expect("names lead somewhere");
        let module = self.modules.get(file)?;
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => return self.definer(&[], rest, steps),
            "self" => return self.definer(file, rest, steps),
            "super" => return self.definer(file.split_last()?.1, rest, steps),
            _ => {}
        }
        // A module and a function may have the same name.
        if module.children.contains(first) && !rest.is_empty() {
            return self.definer(&[file, &path[..1]].concat(), rest, steps);
        }
        if module.defined.contains(first) {
            return Some(file.to_vec());
        }
        // What a name stands for under its own name is another crate's.
        let meant = module.named.get(first);
        if let Some(meant) = meant.filter(|meant| meant.first() != Some(first)) {
            return self.definer(file, &[meant, rest].concat(), steps);
        }
        let ours = |open: &&Path| {
            let first = &open[0];
            ["crate", "self", "super"].contains(&first.as_str())
                || module.children.contains(first)
                || module.named.contains_key(first)
        };
        let mut opened = module.opened.iter().filter(ours);
        opened.find_map(|open| self.definer(file, &[open, path].concat(), steps))
    }

    /// The files that define what a file needs, each with one name of it.
    fn needed(&self, file: &Path) -> BTreeMap<Path, String> {
        let module = &self.modules[file];
        let named = module
            .paths
            .iter()
            .filter_map(|path| Some((self.definer(file, path, 16)?, path.join("::"))));
        let method = |name: &String| self.methods.get(name).cloned();
        let called = module
            .called
            .iter()
            .filter_map(|name| Some((method(name)?, format!(".{name}()"))));
        // A type may have blocks in several files.
        let of_types = module.paths.iter().filter_map(|path| {
            let (name, of) = path.split_last()?;
            let is_type = of.last()?.starts_with(char::is_uppercase);
            let is_ours = is_type && (of[0] == "Self" || self.definer(file, of, 16).is_some());
            is_ours.then_some((method(name)?, path.join("::")))
        });
        let all = called.chain(of_types).chain(named);
        all.filter(|(needed, _)| needed != file).collect()
    }
}

type Needs<'a> = BTreeMap<&'a Path, BTreeMap<Path, String>>;

/// All files that a file needs, whatever is between.
fn reached(needs: &Needs<'_>, file: &Path) -> BTreeSet<Path> {
    let mut reached = BTreeSet::new();
    let mut open = vec![file];
    while let Some(file) = open.pop() {
        open.extend(
            needs[file]
                .keys()
                .filter(|&needed| reached.insert(needed.clone())),
        );
    }
    reached
}

/// Who needs whom in the circles of a crate, given the path of each file from `src` and its text.
/// `foreign` are the methods that values of other crates have.
pub(crate) fn circles<'a>(
    sources: impl IntoIterator<Item = (&'a str, &'a str)>,
    foreign: &BTreeSet<String>,
) -> Vec<String> {
    let files = Files::new(sources, foreign);
    let needs: Needs<'_> = files
        .modules
        .keys()
        .map(|file| (file, files.needed(file)))
        .collect();
    let reached: BTreeMap<_, _> = needs
        .keys()
        .map(|&file| (file, reached(&needs, file)))
        .collect();
    let name = |file: &Path| {
        if file.is_empty() {
            "the root".to_owned()
        } else {
            file.join("/")
        }
    };
    let pairs = needs
        .iter()
        .flat_map(|(&file, needed)| needed.iter().map(move |needed| (file, needed)));
    let circular = pairs.filter(|&(file, (needed, _))| reached[needed].contains(file));
    circular
        .map(|(file, (needed, path))| format!("{} needs {}: {path}", name(file), name(needed)))
        .collect()
}

/// The names of the methods that a file has.
pub(crate) fn methods(text: &str) -> BTreeSet<String> {
    Module::read(text).methods
}

fn lines(files: &[(&str, &str)]) -> Vec<String> {
    circles(files.iter().copied(), &BTreeSet::new())
}

#[test]
fn a_path_leads_to_the_file_that_defines_what_it_names() {
    let a = "mod b; pub use b::{Name, inner as renamed}; pub(crate) use b::*; mod c;";
    let b = "pub struct Name; fn inner() {} pub const OPEN: u8 = 1; mod within { fn f() {} }";
    let files = Files::new(
        [("lib", "mod a; pub use a::Name;"), ("a/mod", a), ("a/b", b)],
        &BTreeSet::new(),
    );
    let definer = |path: &str| {
        let path: Path = path.split("::").map(str::to_owned).collect();
        files.definer(&[], &path, 16).map(|file| file.join("/"))
    };
    let b = Some("a/b".to_owned());
    for path in ["Name", "crate::a::Name::new", "a::renamed", "self::a::OPEN"] {
        assert_eq!(definer(path), b, "{path}");
    }
    assert_eq!(definer("a::b::within::f"), b);
    for path in ["a", "a::b", "std::fmt", "a::Absent", "super::Name"] {
        assert_eq!(definer(path), None, "{path}");
    }
}

#[test]
fn imports_and_paths_in_code_are_seen_and_nothing_else() {
    let root = ("lib", "mod a; mod b; #[cfg(test)] mod c;");
    let a = (
        "a",
        "use crate::b::{self, Deep}; pub(crate) fn f(_: Deep) {}",
    );
    let circle = ["a needs b: crate::b::Deep", "b needs a: super::a::f"];
    let b =
        |code: &'static str| lines(&[root, a, ("b", code), ("c", "use super::{a::f, b::Deep};")]);
    assert_eq!(
        b("pub struct Deep; fn g(c: char) { (c == '\"').then(|| super::a::f(Deep)) }"),
        circle
    );
    assert_eq!(
        b("pub enum Deep {} mod x { fn g() { super::super::a::f() } }"),
        circle
    );
    for code in [
        "pub type Deep = u8; // crate::a::f()",
        "const Deep: &str = \"crate::a::f\"; const OTHER: &str = r#\"\"crate::a::f\"#;",
        "pub trait Deep {} #[cfg(test)] mod tests { use crate::a::f; fn g() { f() } }",
        "pub struct Deep; #[cfg(test)] use crate::a::f; fn g<'a>(f: &'a u8) { f.f() }",
    ] {
        assert_eq!(b(code), [""; 0], "{code}");
    }
}

#[test]
fn a_parent_may_pass_a_child_on_but_not_call_one_that_needs_it() {
    let root = ("lib", "mod a;");
    let child = ("a/b", "use super::Own; pub struct Name(Own);");
    let passed_on = "mod b; pub use b::Name; pub(crate) struct Own;";
    assert_eq!(lines(&[root, ("a", passed_on), child]), [""; 0]);
    let used = "mod b; pub use b::Name; pub(crate) struct Own; fn f() -> Name { Name(Own) }";
    let circle = ["a needs a/b: Name", "a/b needs a: super::Own"];
    assert_eq!(lines(&[root, ("a", used), child]), circle);
}

#[test]
fn the_root_is_a_file_like_others_and_the_way_round_may_be_long() {
    let root = (
        "main",
        "mod a; mod b; mod c; struct Own; fn main() { a::f() }",
    );
    let a = ("a", "use crate::b; pub fn f() { b::g() }");
    let c = ("c", "use crate::a::f;");
    assert_eq!(lines(&[root, a, ("b", "pub fn g() {}"), c]), [""; 0]);
    let found = lines(&[root, a, ("b", "use crate::Own; pub fn g() {}"), c]);
    assert_eq!(
        found,
        [
            "the root needs a: a::f",
            "a needs b: b::g",
            "b needs the root: crate::Own"
        ]
    );
}

#[test]
fn a_method_is_found_by_its_name_where_only_one_file_has_it() {
    let root = ("lib", "mod a; mod b;");
    let a = "use crate::b::Deep; impl Deep { pub(crate) fn own(&self) {} } pub(crate) fn f() {}";
    let circle = |how: &str| {
        [
            "a needs b: crate::b::Deep".to_owned(),
            format!("b needs a: {how}"),
        ]
    };
    let b = |code: &'static str| lines(&[root, ("a", a), ("b", code)]);
    let called = "pub struct Deep; fn g(deep: Deep) { deep.own() }";
    assert_eq!(b(called), circle(".own()"));
    let named = "pub struct Deep; impl Deep { fn g(&self) { Self::own(self) } }";
    assert_eq!(b(named), circle("Self::own"));
    let of_a_type = "pub struct Deep; fn g(deep: Deep) { Deep::own(&deep) }";
    assert_eq!(b(of_a_type), circle("Deep::own"));
    for code in [
        // Two have it, here and in another file; or it is one of a trait that is not ours.
        "pub struct Deep; struct Other; impl Other { fn own(&self) {} } fn g() { Other.own() }",
        "pub struct Deep; impl std::x::Owner for Deep { fn own(&self) {} } fn g() { Deep.own() }",
        // Fields and functions are none.
        "pub struct Deep; fn own() {} fn g(deep: Other) { deep.own; own() }",
    ] {
        assert_eq!(b(code), [""; 0], "{code}");
    }
    let elsewhere = BTreeSet::from(["own".to_owned()]);
    let files = [root, ("a", a), ("b", called)];
    assert_eq!(circles(files, &elsewhere), [""; 0]);
}

#[test]
fn methods_of_traits_are_those_of_the_file_that_has_the_trait() {
    let root = ("lib", "mod a; mod b;");
    let a = "use crate::b::Own; pub trait Named { fn called(&self) -> u8; }";
    let b = "use crate::a; pub struct Own; impl<T: Into<u8>> a::Named for Own<T> { fn called(&self) -> u8 { 1 } }";
    let found = lines(&[root, ("a", a), ("b", b)]);
    assert_eq!(found, ["a needs b: crate::b::Own", "b needs a: a::Named"]);
    let user = "pub struct Own; fn g(of: &impl Into<u8>) -> u8 { of.called() }";
    let found = lines(&[root, ("a", a), ("b", user)]);
    assert_eq!(found, ["a needs b: crate::b::Own", "b needs a: .called()"]);
}
