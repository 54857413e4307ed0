"""What DESIGN 7 promises, measured.

Routing beside other engines, to be read in this order: `instances.py` says what an instance and a plan are worth;
`published.py`, `li_lim.py` and `generated.py` are where instances come from; `ours.py` and `peer_*.py` solve them;
`engines.py` gives each a name and a number of cores; `measuring.py` runs them side by side and sums up; `subjects.py`
lists the questions, `compare.py` asks one, `quick.py` a little of each, `plots.py` draws.

The rest measures Linli's own parts: `events.py` improvement, `rolling.py` a day, `four_weeks.py` familiar faces,
`rota.py` duties, `travel.py` ways by streets. `whole.py` is what `make bench` shows of all that.
"""
