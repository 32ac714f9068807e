"""When an escalation step comes, counted in used working time. Plain Python."""


def threshold(trigger, value, seconds):
    """Used working seconds at which a step comes.

    :param str trigger: ``percent`` of the target, ``before`` or ``after`` due in minutes
    :param float value: percent or minutes
    :param int seconds: of the target
    :return: whole seconds; not positive if the step would come before the clock begins
    """
    if trigger == "percent":
        return int(seconds * value / 100)
    minutes = round(value * 60)
    return seconds - minutes if trigger == "before" else seconds + minutes
