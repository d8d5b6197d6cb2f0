//! Random numbers, one stream for each purpose.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The generator of random stream `stream` under `seed`. Streams are independent of each other.
/// Stream 0 is for initial weights and stream e for the order of epoch e. A model takes streams from
/// 2³² to 2⁶³ − 1 for anything else; those above are the runner's.
pub fn generator(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(stream);
    generator
}
