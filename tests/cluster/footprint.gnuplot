# From the table of bench/footprint: memory and CPU of a node by the size of its network.
folder = system("echo $FOLDER")
rows(who) = "< grep -E '^ *[0-9]+ " . who . " ' " . folder . "/table"
set terminal svg size 960,440 font "DejaVu Sans,12" background "#ffffff"
set output folder . "/footprint.svg"
set multiplot layout 1,2
set grid ytics lc "#dddddd"
set border 3 lc "#666666"
set tics nomirror out
set logscale x
set xtics (1, 3, 5, 10, 25, 50, 100)
set xlabel "nodes in the network"
set yrange [0:*]
set key below maxcols 2
set title "Memory of a node, MB"
set arrow 1 from graph 0, first 60 to graph 1, first 60 nohead dashtype 3 lc "#999999"
plot rows("Host") using 1:3 with linespoints lw 2 pt 7 lc "#1f6feb" title "RSS, Host", \
     rows("median") using 1:3 with linespoints lw 2 pt 6 lc "#1f6feb" dashtype 2 title "RSS, median of the others", \
     rows("Host") using 1:6 with linespoints lw 2 pt 7 lc "#d1495b" title "private, Host", \
     rows("median") using 1:6 with linespoints lw 2 pt 6 lc "#d1495b" dashtype 2 title "private, median"
unset arrow 1
set title "CPU of a node, % of one core, and bytes on the wire"
set ytics nomirror
set y2range [0:*]
set y2tics
set ylabel "%"
set y2label "kB/s out"
set border 11
plot rows("Host") using 1:9 with linespoints lw 2 pt 7 lc "#1f6feb" title "CPU, Host", \
     rows("median") using 1:9 with linespoints lw 2 pt 6 lc "#1f6feb" dashtype 2 title "CPU, median", \
     rows("Host") using 1:12 axes x1y2 with linespoints lw 2 pt 7 lc "#2a9d8f" title "out, Host", \
     rows("median") using 1:12 axes x1y2 with linespoints lw 2 pt 6 lc "#2a9d8f" dashtype 2 title "out, median"
unset multiplot
