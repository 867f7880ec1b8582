"""What only query needs: the engines that run a dashboard's SQL."""
