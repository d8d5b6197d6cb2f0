//! `serve`: kept models behind HTTP.

use crate::cli::ServeArgs;
use crate::failure::Failure;
use crate::{keeping, output};
use serve::{Limits, Models, Server};

/// Runs the command.
pub(crate) fn run(arguments: &ServeArgs) -> Result<(), Failure> {
    let load = |file: &std::path::PathBuf| -> Result<_, Failure> {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        Ok((name.into_owned(), keeping::load(file)?))
    };
    let models = arguments.models.iter().map(load);
    let models = Models::new(models.collect::<Result<_, _>>()?)?;
    let limits = Limits {
        time: arguments.time_limit,
        waiting: usize::from(arguments.waiting.get()),
        ..Limits::default()
    };
    let server = Server::bind(arguments.listen, models, limits)?;
    let stop = server.stop();
    if let Err(error) = ctrlc::set_handler(move || stop.stop()) {
        output::tell(format_args!("warning: no clean end on a signal ({error})"));
    }
    output::line(format_args!("http://{}/", server.address()));
    Ok(server.run()?)
}
