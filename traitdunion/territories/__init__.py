"""Territories, communes and distances: where things are, and for whom an instance speaks.

- territory: what one instance serves (a town and around it, a whole Région): one TOML file, and no line of code; the
  files of the package (`files/`) are read first, then those of the setting TERRITORIES_DIR;
- commune: a commune of France, or a district of Paris, Lyon or Marseille, which offers name too; replaced as a whole
  from the facts, a file or geo.api.gouv.fr, hence no foreign key on it;
- area: a département or a région, today's or one of before 2016, which people still name;
- place: what a person typed, understood.

`communes.resolve` asks the database, for people; `communes.Index` holds every commune in memory, for imports.
Distances shown to people are geodesic; those that filter are computed by PostgreSQL on a sphere (0.6 % off at most).
"""
