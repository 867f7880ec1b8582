"""The demo's data: the flights that left New York's three airports in 2013, as Parquet."""
