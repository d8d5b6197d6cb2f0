//! Tables as Weka writes them: ARFF, dense or sparse.
//!
//! <https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/>: `@relation`,
//! `@attribute` with a name and a type, `@data`, then a row per line; `?` is a missing value, `%`
//! begins a comment, names and values with blanks stand in quotation marks.

use crate::error::one_line;
use crate::lines::Lines;
use crate::source::Source;
use crate::table::{
    Builder, Dialect, Named, Plan, RawTable, Refusal, Role, Schema, decoded, finish, has_options,
    roles, shortened, truth,
};
use crate::{LoadError, Options};
use tables::Kind;

/// Rows between two looks at the memory.
const WATCHED: usize = 512;

/// A column as the header declares it.
struct Attribute {
    name: String,
    kind: Kind,
    /// The names of a nominal attribute.
    names: Option<Vec<Vec<u8>>>,
}

/// Reads a file. With a `schema` it is a second file, and must have the columns of the first.
pub(crate) fn read(
    source: &Source<'_>,
    options: &Options,
    schema: Option<&Schema>,
) -> Result<RawTable, LoadError> {
    let mut lines = Lines::of(source)?;
    let attributes = header(&mut lines)?;
    let names: Vec<String> = attributes
        .iter()
        .map(|attribute| attribute.name.clone())
        .collect();
    let columns = Named {
        file: source.name(),
        names: &names,
        is_guessed: false,
    };
    let roles = roles(&columns, options, schema)?;
    let (roles, plans): (Vec<Role>, Vec<Plan>) = roles.into_iter().unzip();
    let mut builders: Vec<Builder> = attributes
        .iter()
        .zip(&plans)
        .map(|(attribute, plan)| {
            let plan = match plan {
                Plan::Guess => Plan::Of(attribute.kind),
                plan => *plan,
            };
            Builder::new(attribute.name.clone(), plan, 0)
        })
        .collect();
    let dialect = Dialect::of_arff(&options.missing, has_options(schema));
    let mut rows = 0;
    let mut row = Vec::new();
    while let Some((number, line)) = lines.next()? {
        if line.is_empty() || line.starts_with(b"%") {
            continue;
        }
        let parsed = fields(line, &attributes, &mut row);
        let pushed = parsed.map(|()| push(&mut builders, &attributes, &row, number, &dialect));
        match pushed {
            Err(reason) => return Err(lines.error(reason)),
            Ok(pushed) => pushed.map_err(|refusal| LoadError::Line {
                file: source.name().to_owned(),
                line: refusal.line,
                column: Some(refusal.column),
                reason: refusal.reason,
            })?,
        }
        rows += 1;
        let bytes =
            |builders: &[Builder]| builders.iter().map(Builder::bytes).sum::<usize>() as u64;
        if rows % WATCHED == 0 && bytes(&builders) > source.limit() {
            return Err(source.no_memory("its columns"));
        }
    }
    if rows == 0 {
        return Err(LoadError::content(source.name(), "no row follows @data"));
    }
    finish(source.name(), builders, &roles, false, Vec::new())
}

fn push(
    builders: &mut [Builder],
    attributes: &[Attribute],
    row: &[Vec<u8>],
    line: u64,
    dialect: &Dialect,
) -> Result<(), Refusal> {
    for ((builder, attribute), word) in builders.iter_mut().zip(attributes).zip(row) {
        if let Some(names) = &attribute.names
            && !names.contains(word)
            && !dialect.missing_word(word)
        {
            return Err(Refusal {
                line,
                column: attribute.name.clone(),
                reason: format!(
                    "'{}' is none of the names that the header declares",
                    shortened(word)
                ),
            });
        }
        builder.push(word, line, dialect)?;
    }
    Ok(())
}

fn header(lines: &mut Lines<'_>) -> Result<Vec<Attribute>, LoadError> {
    let mut attributes: Vec<Attribute> = Vec::new();
    loop {
        let Some((_, line)) = lines.next()? else {
            return Err(lines.error("the file ends before @data"));
        };
        let line = line.to_vec();
        let lower = line.to_ascii_lowercase();
        if lower.starts_with(b"@data") {
            break;
        }
        if let Some(declared) = lower.strip_prefix(b"@attribute") {
            let declared = &line[line.len() - declared.len()..];
            let attribute = attribute(declared).map_err(|reason| lines.error(reason))?;
            if attributes.iter().any(|other| other.name == attribute.name) {
                let reason = format!("a second attribute is called {}", attribute.name);
                return Err(lines.error(reason));
            }
            attributes.push(attribute);
        } else if !(line.is_empty() || line.starts_with(b"%") || lower.starts_with(b"@relation")) {
            let reason = format!("'{}' is no line of a header", shortened(&line));
            return Err(lines.error(reason));
        }
    }
    if attributes.is_empty() {
        return Err(lines.error("no @attribute before @data"));
    }
    Ok(attributes)
}

fn attribute(declared: &[u8]) -> Result<Attribute, String> {
    let declared = declared.trim_ascii();
    let (name, rest) = word(declared, u8::is_ascii_whitespace)?;
    let name = one_line(&decoded(&name, &mut false));
    let of = rest.trim_ascii();
    if name.is_empty() {
        return Err("an attribute needs a name".to_owned());
    }
    if let Some(inner) = of.strip_prefix(b"{") {
        let Some(inner) = inner.strip_suffix(b"}") else {
            return Err(format!(
                "the names of attribute {name} end without a closing brace"
            ));
        };
        let mut names = Vec::new();
        split(inner, &mut names)?;
        let is_truth = |name: &Vec<u8>| truth(&String::from_utf8_lossy(name)).is_some();
        let all_truths = !names.is_empty() && names.iter().all(is_truth);
        return Ok(Attribute {
            name,
            kind: if all_truths {
                Kind::Boolean
            } else {
                Kind::Category
            },
            names: Some(names),
        });
    }
    let of = of.to_ascii_lowercase();
    let kind = match of.split(u8::is_ascii_whitespace).next().unwrap_or_default() {
        b"numeric" | b"real" | b"integer" => Kind::Number,
        b"string" => Kind::Category,
        b"date" => Kind::Date,
        other => {
            return Err(format!(
                "attribute {name} is of type '{}'; numeric, real, integer, string, date and lists of names in braces are read",
                shortened(other)
            ));
        }
    };
    Ok(Attribute {
        name,
        kind,
        names: None,
    })
}

/// The fields of a row, dense or sparse.
fn fields(line: &[u8], attributes: &[Attribute], row: &mut Vec<Vec<u8>>) -> Result<(), String> {
    let Some(inner) = line.strip_prefix(b"{") else {
        row.clear();
        split(line, row)?;
        if row.len() != attributes.len() {
            let s = if row.len() == 1 { "" } else { "s" };
            return Err(format!(
                "{} field{s}, and there are {} attributes",
                row.len(),
                attributes.len()
            ));
        }
        return Ok(());
    };
    let Some(inner) = inner.strip_suffix(b"}") else {
        return Err("a sparse row ends without a closing brace".to_owned());
    };
    row.clear();
    for attribute in attributes {
        // What is left out is 0, and the first of the names.
        let first = attribute.names.as_ref().and_then(|names| names.first());
        row.push(first.map_or_else(|| b"0".to_vec(), Clone::clone));
    }
    let mut is_given = vec![false; attributes.len()];
    let mut pairs = Vec::new();
    split_raw(inner, &mut pairs)?;
    for pair in pairs
        .iter()
        .map(|pair| pair.trim_ascii())
        .filter(|pair| !pair.is_empty())
    {
        let (index, value) = word(pair, u8::is_ascii_whitespace)?;
        let index = std::str::from_utf8(&index)
            .ok()
            .and_then(|index| index.parse::<usize>().ok());
        let place = index.and_then(|index| Some((index, row.get_mut(index)?)));
        let Some((index, place)) = place else {
            return Err(format!(
                "'{}' begins with no number of an attribute",
                shortened(pair)
            ));
        };
        if std::mem::replace(&mut is_given[index], true) {
            return Err(format!("attribute {index} stands twice in a row"));
        }
        *place = whole(value.trim_ascii())?;
    }
    Ok(())
}

/// Splits at commas outside of quotation marks, which are taken off.
fn split(line: &[u8], fields: &mut Vec<Vec<u8>>) -> Result<(), String> {
    let mut raw = Vec::new();
    split_raw(line, &mut raw)?;
    for field in raw {
        fields.push(whole(field.trim_ascii())?);
    }
    Ok(())
}

/// A field that is one word, without its quotation marks.
fn whole(field: &[u8]) -> Result<Vec<u8>, String> {
    let (word, rest) = word(field, |_| false)?;
    if rest.trim_ascii().is_empty() {
        return Ok(word);
    }
    Err(format!(
        "'{}' follows a quotation mark that closes; a comma, or the end of the row, must follow",
        shortened(rest)
    ))
}

fn split_raw<'a>(mut line: &'a [u8], fields: &mut Vec<&'a [u8]>) -> Result<(), String> {
    loop {
        let end = end_of_field(line)?;
        fields.push(&line[..end]);
        match line.get(end + 1..) {
            Some(rest) => line = rest,
            None => return Ok(()),
        }
    }
}

fn end_of_field(line: &[u8]) -> Result<usize, String> {
    let mut quote = None;
    let mut is_escaped = false;
    for (at, &byte) in line.iter().enumerate() {
        match quote {
            _ if is_escaped => is_escaped = false,
            Some(_) if byte == b'\\' => is_escaped = true,
            Some(mark) if byte == mark => quote = None,
            None if byte == b'\'' || byte == b'"' => quote = Some(byte),
            None if byte == b',' || byte == b'\t' => return Ok(at),
            _ => (),
        }
    }
    match quote {
        None => Ok(line.len()),
        Some(_) => Err("a quotation mark is not closed".to_owned()),
    }
}

/// The first word, without its quotation marks, and what follows it.
fn word(text: &[u8], ends: impl Fn(&u8) -> bool) -> Result<(Vec<u8>, &[u8]), String> {
    let Some(&mark) = text
        .first()
        .filter(|byte| **byte == b'\'' || **byte == b'"')
    else {
        let end = text.iter().position(ends).unwrap_or(text.len());
        return Ok((text[..end].to_vec(), &text[end..]));
    };
    let mut word = Vec::new();
    let mut is_escaped = false;
    for (at, &byte) in text.iter().enumerate().skip(1) {
        if is_escaped {
            word.push(byte);
            is_escaped = false;
        } else if byte == b'\\' {
            is_escaped = true;
        } else if byte == mark {
            return Ok((word, &text[at + 1..]));
        } else {
            word.push(byte);
        }
    }
    Err("a quotation mark is not closed".to_owned())
}
