"""Pictures of digests: a map of what happened and bars by day, drawn with matplotlib, which is an extra.

Nothing here is needed for a digest: without matplotlib, or when drawing fails, its text goes out alone.
"""

from bot.pictures.studio import Studio, can_draw

__all__ = ["Studio", "can_draw"]
