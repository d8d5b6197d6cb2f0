//! How wide words are, and where lines of them break.

/// The width of a text in pixels, at least: by the letters of a font that is wider than usual,
/// `DejaVu Sans`.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

fn em(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '|' | '\'' | '.' | ',' | ':' | ';' | 'I' | ' ' | '\u{a0}' => 0.34,
        'f' | 't' | 'r' | '-' | '(' | ')' | '[' | ']' | '/' | '·' => 0.42,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '−' | '≈' | '–' => 0.99,
        'A'..='Z' => 0.74,
        // Scripts with letters as wide as they are high.
        '\u{2e80}'.. => 1.05,
        _ => 0.645,
    }
}

/// Lines no wider than `most` pixels: they break after spaces, in words that are longer than a line after
/// hyphens and underscores, and anywhere in parts of words that are longer than a line.
pub(super) fn wrap(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    let parts = words(text).flat_map(|word| {
        if width(word.trim_end(), size) <= most {
            vec![word]
        } else {
            pieces(word).collect()
        }
    });
    for piece in parts {
        let mut rest = piece;
        while !rest.is_empty() {
            let line = lines.last_mut().expect("there is a first line");
            let joined = format!("{line}{rest}");
            if width(joined.trim_end(), size) <= most {
                *line = joined;
                break;
            }
            if line.is_empty() {
                let (head, tail) = split(rest, size, most);
                line.push_str(head);
                rest = tail;
            }
            if !rest.is_empty() {
                lines.push(String::new());
            }
        }
    }
    lines
        .iter()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// The lines of a name, `count` at most; a name beyond any bound ends in an ellipsis.
pub(super) fn name_in_lines<'a>(name: &'a str, size: f64, most: f64, count: usize) -> Vec<String> {
    let mut lines = wrap(name, size, most);
    if lines.len() > count {
        lines.truncate(count - 1);
        // Spaces at the ends of lines are not in them.
        let after = |rest: &'a str, line: &String| rest.trim_start().strip_prefix(line.trim());
        let rest = lines.iter().try_fold(name, after).unwrap_or(name);
        lines.push(fitted(rest.trim_start(), size, most));
    }
    lines
}

/// Names beyond any bound end in an ellipsis; what appears over a figure, and its data, have them whole.
fn fitted(name: &str, size: f64, most: f64) -> String {
    if width(name, size) <= most {
        return name.to_owned();
    }
    let mut text = String::new();
    for letter in name.chars() {
        if width(&text, size) + width("m…", size) > most {
            break;
        }
        text.push(letter);
    }
    text + "…"
}

/// The parts of a text that a narrow line leaves whole.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive([' ', '-', '_'])
}

/// Words with the spaces behind them; "95 %" is one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let ends = rest.match_indices(' ');
        let mut ends = ends.map(|(start, found)| start + found.len());
        let end = ends.find(|&end| !rest[end..].starts_with('%'));
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// As much of a word as fits, one letter at least, and the rest.
fn split(word: &str, size: f64, most: f64) -> (&str, &str) {
    let fits = |end: &usize| width(&word[..*end], size) <= most;
    let ends = word
        .char_indices()
        .map(|(start, letter)| start + letter.len_utf8());
    let first = word.chars().next().map_or(0, char::len_utf8);
    word.split_at(ends.take_while(fits).last().unwrap_or(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_where_words_end() {
        let broken = |text: &str| wrap(text, 10.0, 70.0);
        assert_eq!(broken("kernel-svm"), ["kernel-svm"]);
        assert_eq!(broken("nearest-centroid"), ["nearest-", "centroid"]);
        assert_eq!(broken("the best of all"), ["the best of", "all"]);
        assert_eq!(broken("is kernel-svm"), ["is", "kernel-svm"]);
        assert_eq!(broken("abcdefghijklmnop").concat(), "abcdefghijklmnop");
        assert_eq!(broken(""), [""]);
        assert_eq!(broken("it is right 95 % of"), ["it is right", "95 % of"]);
        for line in broken("Wwwwwwwwwwwwwwwwwww in mmmmmmmmmmmmmm") {
            assert!(width(&line, 10.0) <= 70.0, "{line}");
        }
        // As many lines as there is room for.
        let named = |name: &str| name_in_lines(name, 10.0, 70.0, 2);
        assert_eq!(named("the best"), ["the best"]);
        assert_eq!(named("the best of all"), ["the best of", "all"]);
        let [first, second] = &named("the best of all that are known")[..] else {
            panic!("two lines");
        };
        assert_eq!(first, "the best of");
        assert!(
            second.starts_with("all that") && second.ends_with('…'),
            "{second}"
        );
        let three = name_in_lines("ärzte  in weißen kitteln: über alle", 10.0, 60.0, 3);
        assert_eq!(three.len(), 3);
        assert!(
            three.concat().starts_with("ärzte") && three[2].ends_with('…'),
            "{three:?}"
        );
        // A letter that is wider than the line.
        assert_eq!(wrap("漢字", 10.0, 1.0), ["漢", "字"]);
    }
}
