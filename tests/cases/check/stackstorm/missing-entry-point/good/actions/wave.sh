#!/bin/sh
echo '*waves*'
