# ICU's tables, empty, as its own source has them for who needs none (icu4c/source/stubdata/stubdata.cpp): a header and no entries.
# NN is the version, which is part of the name.
	.section .rodata
	.balign 16
	.globl icudtNN_dat
	.type icudtNN_dat, %object
icudtNN_dat:
	.short 32
	.byte 0xda, 0x27
	.short 20, 0
	.byte 0, 0, 2, 0
	.ascii "ToCP"
	.byte 1, 0, 0, 0
	.byte 0, 0, 0, 0
	.zero 8
	.long 0, 0
	.zero 16
	.size icudtNN_dat, . - icudtNN_dat
	.section .note.GNU-stack, "", %progbits
