"""Where travel times come from: detour factors of a file, a street map, an OSRM server."""
