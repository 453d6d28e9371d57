can_draw = Studio = None
