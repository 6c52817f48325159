"""Backup and restore of the whole platform: all five databases at moments that fit each other, and the files; the keys stay apart
(PLAT-19). ``moment`` finds the moments, ``making`` writes a backup, ``manifest`` says what is in one, ``restoring`` brings one back,
``places`` makes the logs of events readable on another server.
"""
