from pathlib import Path
def write_table(page, build): pass
