"""The rules of a need, without clock, chance or IO: `rules.decide` says what follows, `need.evolve` keeps the books."""
