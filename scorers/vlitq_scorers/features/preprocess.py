"""Images on their way to a model: extreme proportions tamed, batches moved to the device."""

from __future__ import annotations

from typing import Any

EXTREME_RATIO = 8  # long side to short side; beyond it resizing the whole image costs more than what is kept
_RESAMPLING = {"bicubic": 3, "bilinear": 2}  # Pillow's numbers


def tame(image: Any, size: tuple[int, int], resize_mode: str, interpolation: str) -> Any:
    """The image, or what a model's evaluation transform keeps of it where it is extremely long.

    A transform that resizes the short side and crops the centre would make 3 GB of an image of 20,000 × 1. Only the
    region that the crop keeps is resized instead, with the same filter over the same pixels. A transform that resizes
    the long side would leave a short side of no pixels; it gets one. `size` is (height, width).
    """
    if max(image.size) <= EXTREME_RATIO * min(image.size):
        return image
    if resize_mode == "shortest":
        return _centre(image, size, _RESAMPLING[interpolation])
    if resize_mode == "longest":
        return _at_least_one_pixel(image, size, _RESAMPLING[interpolation])
    return image


def _centre(image: Any, size: tuple[int, int], resampling: int) -> Any:
    height, width = size
    if height * image.width >= width * image.height:  # the height is what limits
        resized_width, resized_height = height * image.width // image.height, height
    else:
        resized_width, resized_height = width, width * image.height // image.width
    left, top = round((resized_width - width) / 2), round((resized_height - height) / 2)
    across, down = image.width / resized_width, image.height / resized_height
    box = (left * across, top * down, (left + width) * across, (top + height) * down)
    return image.resize((width, height), resampling, box=box)


def _at_least_one_pixel(image: Any, size: tuple[int, int], resampling: int) -> Any:
    height, width = size
    scale = min(height / image.height, width / image.width)
    if min(image.size) * scale > 0.5:
        return image
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), resampling)


def on_device(images: list[Any], device: str, dtype: Any) -> Any:
    """Prepared images as one tensor of shape (images, channels, height, width), through pinned memory to a GPU."""
    import torch

    pinned = torch.empty((len(images), *images[0].shape), pin_memory=device.startswith("cuda"))
    return torch.stack(images, out=pinned).to(device, dtype, non_blocking=True)
