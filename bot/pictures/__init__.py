"""Pictures of digests: a map of what happened and bars by day, drawn with matplotlib, which is an extra.

A newcomer waits for a picture: nothing here is needed for a digest, and without matplotlib, or when drawing fails, its
text goes out alone.
"""

from bot.pictures.studio import Studio, can_draw

__all__ = ["Studio", "can_draw"]
