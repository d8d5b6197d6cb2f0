//! Which of Burn's backends computes.

use burn::tensor::Device;
use classifier::schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A backend of Burn that was compiled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(crate = "classifier::schemars")]
pub enum Backend {
    /// `burn-flex`.
    #[cfg(feature = "flex")]
    Flex,
    /// `burn-ndarray`, which Burn has deprecated in favour of flex.
    #[cfg(feature = "ndarray")]
    Ndarray,
    /// `burn-wgpu`: the fastest GPU of the machine, or what the variable `CUBECL_WGPU_DEFAULT_DEVICE` names,
    /// such as `Cpu` for a software device.
    #[cfg(feature = "wgpu")]
    Wgpu,
}

impl Backend {
    /// The device to evaluate on; training wraps it in autodiff.
    pub(crate) fn device(self) -> Device {
        match self {
            #[cfg(feature = "flex")]
            Self::Flex => Device::flex(),
            #[cfg(feature = "ndarray")]
            #[expect(deprecated, reason = "users ask for it by name until Burn removes it")]
            Self::Ndarray => Device::ndarray(),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Device::wgpu(burn::tensor::DeviceKind::DefaultDevice),
        }
    }

    /// Whether it computes on the processor.
    pub(crate) fn is_processor(self) -> bool {
        match self {
            #[cfg(feature = "flex")]
            Self::Flex => true,
            #[cfg(feature = "ndarray")]
            Self::Ndarray => true,
            #[cfg(feature = "wgpu")]
            Self::Wgpu => false,
        }
    }
}
